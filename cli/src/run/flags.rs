//! The flags of a run.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rand::RngExt;
use shared::config::Env;
use shared::domain::Kind;
use shared::reconcile::{Mode, Order};

use crate::place::Source;

/// What is compared, and how it is shown.
#[derive(Args)]
pub(crate) struct Judging {
    /// The provider
    pub(crate) source: Source,
    /// How old a change at the provider must be before its absence here counts, in seconds; else RECONCILE_SETTLE_SECONDS, or 600
    #[arg(long, value_name = "SECONDS")]
    settle: Option<u32>,
    /// Show names, addresses and the like, not only which of them differ
    #[arg(long)]
    pub(crate) show_values: bool,
}

/// What may be written, and who writes.
#[derive(Args)]
pub(crate) struct Writing {
    /// At most so many writes
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Only these kinds of writes
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    only: Vec<KindName>,
    /// Delete orphans, where every proof is there; without it they are only reported
    #[arg(long)]
    delete_orphans: bool,
    /// Write without asking; an apply never asks
    #[arg(long)]
    pub(super) yes: bool,
    /// Who runs: a run of the same name that was killed is taken over at once [default: a name that nobody else has]
    #[arg(long, value_name = "NAME", value_parser = owner)]
    owner: Option<String>,
    /// Where the log of what was written goes
    #[arg(long, value_name = "DIR", default_value = "logs")]
    pub(crate) log_dir: PathBuf,
}

/// A kind of write, as it is called on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindName {
    /// A row for somebody who has none in this life
    Create,
    /// Other facts in a row
    Update,
    /// The end of a tombstone that the provider proves wrong
    Lift,
    /// The end of an orphan; needs --delete-orphans
    Delete,
}

impl KindName {
    fn kind(self) -> Kind {
        match self {
            Self::Create => Kind::Create,
            Self::Update => Kind::Update,
            Self::Lift => Kind::Lift,
            Self::Delete => Kind::Delete,
        }
    }
}

impl Judging {
    /// The variables, with the settling time that was asked for.
    pub(super) fn with_settle(&self, env: Env) -> Env {
        match self.settle {
            Some(seconds) => env.with("RECONCILE_SETTLE_SECONDS", seconds.to_string()),
            None => env,
        }
    }
}

impl Writing {
    /// What the run is asked for.
    pub(super) fn order(&self, mode: Mode) -> Result<Order, &'static str> {
        let kinds: BTreeSet<Kind> = self.only.iter().map(|name| name.kind()).collect();
        if kinds.contains(&Kind::Delete) && !self.delete_orphans {
            return Err("--only delete deletes nobody without --delete-orphans");
        }
        Ok(Order {
            delete_orphans: self.delete_orphans,
            kinds: Some(kinds).filter(|kinds| !kinds.is_empty()),
            most_writes: self.limit,
            ..Order::new(mode)
        })
    }

    /// Who runs: as told, or a name that shows who it is and that nobody else has.
    pub(super) fn owner(&self, env: &Env) -> String {
        self.owner.clone().unwrap_or_else(|| {
            let user = env.text("USER").or(env.text("USERNAME")).filter(|user| owner(user).is_ok()).unwrap_or("spine");
            format!("{user}-{}-{:08x}", std::process::id(), rand::rng().random::<u32>())
        })
    }
}

/// A name that can be recorded and shown.
fn owner(name: &str) -> Result<String, &'static str> {
    if (1..=128).contains(&name.len()) && !name.contains(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err("must have 1 to 128 bytes, and no control characters")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        writing: Writing,
    }

    fn read(line: &str) -> Result<Writing, clap::Error> {
        Line::try_parse_from(std::iter::once("spine").chain(line.split_whitespace())).map(|line| line.writing)
    }

    #[test]
    fn without_flags_everything_but_a_deletion_is_asked_for() {
        let order = read("").unwrap().order(Mode::Apply).unwrap();
        assert_eq!((order.delete_orphans, order.kinds, order.most_writes), (false, None, None));
    }

    #[test]
    fn kinds_are_parted_by_commas_and_a_deletion_is_named_twice() {
        let order = read("--only create,lift --limit 3").unwrap().order(Mode::Sync).unwrap();
        assert_eq!(order.kinds, Some(BTreeSet::from([Kind::Create, Kind::Lift])));
        assert_eq!(order.most_writes, Some(3));
        assert!(read("--only create,everything").is_err());
        assert!(read("--only delete").unwrap().order(Mode::Apply).is_err());
        assert!(read("--only delete --delete-orphans").unwrap().order(Mode::Apply).unwrap().delete_orphans);
    }

    #[test]
    fn an_owner_is_named_or_unlike_any_other() {
        let env = Env::of([("USER", "ada")]);
        let owner = |line: &str| read(line).unwrap().owner(&env);
        assert_eq!(owner("--owner nightly"), "nightly");
        assert!(owner("").starts_with("ada-"));
        assert_ne!(owner(""), owner(""));
        assert!(read("--owner a\u{7}b").is_err());
    }
}
