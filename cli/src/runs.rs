//! `spine runs`: what ran, and how it ended.

mod record;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use shared::clock::{Clock, Timestamp};
use shared::reconcile::CLAIMS;
use shared::store::{Run, SyncRuns};
use shared::stripe_reconcile::STRIPE;

use crate::Ended;
use crate::look::Look;
use crate::place::{Place, tables};
use crate::times::{minute, span};

/// All that runs: the comparisons, and the nightly audit of claims.
const SOURCES: [&str; 4] = ["auth0", "clerk", STRIPE, CLAIMS];

/// `spine runs`.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  spine runs                           the last runs of all sources, newest first
  spine runs --source auth0 --limit 3
  spine runs show RUN_ID               all that is recorded of one

A run that was not heard of for two minutes was interrupted. Nothing is lost by that: run it again."
)]
pub(crate) struct Runs {
    #[command(subcommand)]
    what: Option<What>,
    /// Only these runs; claims are the nightly audit
    #[arg(long, value_parser = PossibleValuesParser::new(SOURCES))]
    source: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

#[derive(Subcommand)]
enum What {
    /// All that is recorded of one run
    Show {
        /// The run, as the list names it
        run_id: String,
    },
}

impl Runs {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        let (_, runs) = tables(&place.env())?;
        let now = Clock::system().now();
        let mut out = io::stdout().lock();
        if let Some(What::Show { run_id }) = &self.what {
            let run = find(&runs, run_id).await?.ok_or("there is no run of this name; `spine runs` lists them")?;
            if place.json {
                writeln!(out, "{}", record::json(&run, now))?;
            } else {
                record::print(&run, now, Look::of_stdout(), &mut out)?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        let newest = self.newest(&runs).await?;
        match () {
            () if place.json => newest.iter().try_for_each(|run| writeln!(out, "{}", record::json(run, now)))?,
            () if newest.is_empty() => writeln!(out, "no run is recorded yet")?,
            () => list(&newest, now, Look::of_stdout(), &mut out)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn newest(&self, runs: &SyncRuns) -> Result<Vec<Run>, shared::store::StoreError> {
        let mut newest = Vec::new();
        let wanted = |name: &&str| self.source.as_ref().is_none_or(|wanted| wanted == name);
        for source in SOURCES.into_iter().filter(wanted) {
            newest.extend(runs.recent(source, self.limit).await?);
        }
        newest.sort_by(|one, other| other.run_id.cmp(&one.run_id));
        newest.truncate(self.limit.into());
        Ok(newest)
    }
}

async fn find(runs: &SyncRuns, run_id: &str) -> Result<Option<Run>, shared::store::StoreError> {
    for source in SOURCES {
        if let Some(run) = runs.by_id(source, run_id).await? {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

fn list(runs: &[Run], now: Timestamp, look: Look, out: &mut impl Write) -> io::Result<()> {
    let row = |run: &Run| {
        [
            run.run_id.clone(),
            run.source.clone(),
            run.mode.clone(),
            record::ended(run, now),
            run.listed.to_string(),
            record::counts(&run.counts),
            record::counts(&run.outcomes),
            minute(run.started_at),
            span(run.took()),
        ]
    };
    let rows: Vec<[String; 9]> = runs.iter().map(row).collect();
    let header = ["run", "source", "mode", "status", "listed", "found", "written", "began (UTC)", "took"];
    look.table(header, &rows, out)
}
