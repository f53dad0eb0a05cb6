//! `spine doctor`: all that a run needs, looked at one by one, with what to do. Nothing is written.

mod auth0;
mod clerk;
mod database;
mod leases;
mod queue;
mod settings;
mod skew;
mod stripe;
mod verdict;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use reconcile::{App, Failure};
use shared::provider::{Reading, Source};

use crate::Ended;
use crate::place::Place;
use verdict::{State, Verdict};

/// `spine doctor`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine doctor --local                 against `cargo dev`
  spine doctor                         against what the environment names
  spine doctor --json

A line for each thing: ok, warn or fail, and what to do. No secret is printed. Ends with 1 if something fails.")]
pub(crate) struct Doctor {}

/// How long one part of it may take.
const PATIENCE: Duration = Duration::from_secs(30);

impl Doctor {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        let env = place.env();
        let mut worst = State::Ok;
        let mut tell = |verdicts: Vec<Verdict>| -> io::Result<()> {
            let mut out = io::stdout().lock();
            for verdict in verdicts {
                worst = worst.max(verdict.state);
                writeln!(out, "{}", if place.json { verdict.json().to_string() } else { verdict.line() })?;
            }
            Ok(())
        };
        tell(settings::settings(&env))?;
        tell(within(database::database(&env), "database").await)?;
        tell(within(auth0::auth0(place), "Auth0").await)?;
        tell(within(clerk::clerk(place), "Clerk").await)?;
        tell(within(stripe::stripe(&env), "Stripe").await)?;
        tell(within(queue::queue(&env), "Auth0 events").await)?;
        tell(within(leases::leases(&env), "leases").await)?;
        Ok(if worst == State::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

async fn within(part: impl Future<Output = Vec<Verdict>>, about: &str) -> Vec<Verdict> {
    let late = || vec![Verdict::fail(about, "no answer within 30 s", "see whether this machine reaches it")];
    tokio::time::timeout(PATIENCE, part).await.unwrap_or_else(|_| late())
}

/// What has to do with the other provider is looked at elsewhere: it shall not keep this one from being looked at.
fn app_without(place: Place, other: &[&str]) -> Option<App> {
    App::from_env(&place.env().without(other)).ok()
}

/// A question that every provider answers with no, if it lets us ask at all: for somebody who cannot be there.
async fn probe(app: &App, source: &Source, nobody: &str, about: &str) -> Vec<Verdict> {
    match source.user(nobody).await {
        Ok(reading) => {
            let dated = match reading {
                Reading::Gone { answered_at, dated } => Some(answered_at).filter(|_| dated),
                Reading::Found { answered_at, .. } => Some(answered_at),
            };
            let read = Verdict::ok(&format!("{about} users"), "can be read");
            vec![read, skew::skew(&format!("{about} clock"), app.clock.now(), dated)]
        }
        Err(error) => vec![failed(&format!("{about} users"), &Failure::from(error))],
    }
}

fn failed(about: &str, failure: &Failure) -> Verdict {
    Verdict::fail(about, &failure.message, "mend that first")
}
