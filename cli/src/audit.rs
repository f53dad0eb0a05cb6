//! `spine audit`: both tables held to their invariant, and mended where a person says so.

mod progress;
mod repairs;
mod report;

use std::io;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use shared::clock::Clock;
use shared::store;

use crate::Ended;
use crate::consent::consent;
use crate::place::{Place, claims};
use progress::Progress;
use repairs::Repairs;

/// `spine audit`.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Name every claim that is leaked, missing, stolen or double. Ends with 0 clean, 2 findings, 1 error
    Claims(Claims),
}

/// `spine audit claims`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine audit claims                   reads both tables, and writes nothing
  spine audit claims --json            a line for each finding, then one for the audit
  spine audit claims --repair          shows, asks once, mends what can be decided
  spine audit claims --repair --yes

What looks wrong is read again in one transaction, so that a busy system gives no false alarm. With --repair it ends \
with 0 when nothing wrong is left. docs/OPERATIONS.md says what each kind means, and what mends it.")]
pub(crate) struct Claims {
    /// Mend what is found, each claim as it was shown, or not at all if it moved meanwhile
    #[arg(long)]
    repair: bool,
    /// Mend without asking
    #[arg(long, requires = "repair")]
    yes: bool,
}

impl Audit {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        match self {
            Self::Claims(wanted) => wanted.carry_out(place).await,
        }
    }
}

impl Claims {
    async fn carry_out(self, place: Place) -> Ended {
        let env = place.env();
        let claims = claims(&env)?;
        let progress = Progress::begin();
        let audit = claims.audit_told(|step| progress.tell(step)).await;
        progress.end();
        let audit = audit?;
        let now = Clock::system().now();
        let mut out = io::stdout();
        report::findings(&audit, now, place.json, &mut out)?;
        let repairs = Repairs::of(&audit, now);
        let done = if self.repair && self.may_repair(place, &repairs).await {
            repairs.carry_out(&claims, &env, place.json, &mut out).await?
        } else {
            repairs.declined()
        };
        report::end(&audit, self.repair.then_some(&done), place.json, &mut out)?;
        Ok(if done.left == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
    }

    async fn may_repair(&self, place: Place, repairs: &Repairs) -> bool {
        let question = format!("Mend these {}?", repairs.count());
        self.yes || repairs.count() == 0 || consent(place.json, &question, "mends").await
    }
}

/// What an operator may be shown of a claim: a name of another's making, which a terminal must not obey.
fn name(finding: &store::Finding) -> String {
    crate::look::shown(&finding.claim)
}
