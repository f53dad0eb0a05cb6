//! `spine check`, `spine sync` and `spine apply`: one run of a reconcile, in this process.

mod action_log;
mod differences;
mod ending;
mod findings;
mod flags;
mod follower;
mod interrupt;
mod lines;
mod links;
mod question;
mod report;
mod screen;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Args;
use reconcile::{App, Failure, SourceName};
use shared::clock::Clock;
use shared::config::{Env, ReconcileSettings};
use shared::reconcile::{Mode, Order, Stop};
use shared::store::Run;

use crate::Ended;
use crate::place::{Place, Source};
use crate::words;
use action_log::ActionLog;
use flags::{Judging, Writing};
use follower::{Consent, Follower};
use screen::Screen;

pub(crate) use differences::change;
pub(crate) use interrupt::asked;
pub(crate) use question::{ask, give_cursor_back};

/// `spine check`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine check auth0                    what differs, in figures and by row
  spine check clerk --json             a line for each difference, then one for the run
  spine check clerk --settle 0         count what changed a moment ago, too
  spine check stripe                   which customers are tied to the wrong user, or to none

Orphans, rows whom the provider does not have, are reported with their age. \
A check takes no lease, and may run beside anything. docs/OPERATIONS.md says what each cause means and what to do.")]
pub(crate) struct Check {
    #[command(flatten)]
    judging: Judging,
}

/// `spine sync`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine sync clerk                     show, ask, write
  spine sync clerk --show-values       the same, with names and addresses
  spine sync auth0 --only create --limit 20
  spine sync auth0 --delete-orphans --yes

A difference is written as it was shown, or not at all if its row moved meanwhile. \
What was done is appended to DIR/SOURCE-sync-DATE.log. Without a terminal and without --yes nothing is written.")]
pub(crate) struct Sync {
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    writing: Writing,
}

/// `spine apply`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine apply clerk                    write every difference
  spine apply clerk --limit 20         at most 20 writes, to begin with
  spine apply auth0 --owner nightly    a run of this name that was killed is taken over at once
  spine apply stripe                   tie the customers who name one user, and whom no other customer names

Ctrl-C finishes the writes that are on their way and ends; the same command goes on with what is left. \
What was done is appended to DIR/SOURCE-sync-DATE.log.")]
pub(crate) struct Apply {
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    writing: Writing,
}

impl Check {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        carry_out(place, Order::new(Mode::Check), &self.judging, None, Consent::Given).await
    }
}

impl Sync {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        let consent = match () {
            () if self.writing.yes => Consent::Given,
            () if place.json => Consent::Withheld("nothing was written: with --json nobody is asked; --yes writes"),
            () if terminal => Consent::Asked,
            () => Consent::Withheld("nothing was written: there is no terminal to ask on; --yes writes without asking"),
        };
        let order = self.writing.order(Mode::Sync)?;
        carry_out(place, order, &self.judging, Some(&self.writing), consent).await
    }
}

impl Apply {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        let order = self.writing.order(Mode::Apply)?;
        carry_out(place, order, &self.judging, Some(&self.writing), Consent::Given).await
    }
}

async fn carry_out(
    place: Place,
    order: Order,
    judging: &Judging,
    writing: Option<&Writing>,
    consent: Consent,
) -> Ended {
    let env = judging.with_settle(place.env());
    let order = Order { owner: writing.map(|writing| writing.owner(&env)), ..order };
    let app = Comparing::from_env(judging.source, &env, &order)?;
    let settle = ReconcileSettings::from_env(&env)?.settle;
    let log =
        writing.map(|writing| ActionLog::open(&writing.log_dir, judging.source, Clock::system().now())).transpose()?;
    let (screen, stop) = (Screen::of_stderr(), Stop::new());
    let follower = Follower::new(&screen, &stop, place.json, judging.show_values, consent, log);
    let ended = tokio::select! {
        ended = app.carry_out(&order, &stop, &follower) => ended,
        never = interrupt::heed(&stop, &screen) => match never {},
    };
    screen.rest();
    let seen = follower.end()?;
    let mut out = io::stdout().lock();
    match &ended {
        Ok(run) if place.json => writeln!(out, "{}", reconcile::answer(run))?,
        Ok(run) => report::Report { run, mode: order.mode, seen: &seen, settle }.print(&mut out)?,
        Err(failure) => tell_failure(failure, place.json, &mut out)?,
    }
    Ok(ended.map_or(ExitCode::FAILURE, |run| ending::code(order.mode, &run, seen.declined)))
}

/// What compares: users with a provider, or customers with Stripe.
enum Comparing {
    Users(App, SourceName),
    Customers(stripe_reconcile::App),
}

impl Comparing {
    fn from_env(source: Source, env: &Env, order: &Order) -> Result<Self, Box<dyn std::error::Error>> {
        match source.of_users() {
            Some(name) => Ok(Self::Users(App::from_env(env)?, name)),
            None if order.delete_orphans => Err("nothing is ever deleted at Stripe: leave --delete-orphans out".into()),
            None => Ok(Self::Customers(stripe_reconcile::App::from_env(env)?)),
        }
    }

    async fn carry_out(&self, order: &Order, stop: &Stop, follower: &Follower<'_>) -> Result<Run, Failure> {
        Ok(match self {
            Self::Users(app, name) => app.reconciler(*name).await?.carry_out(order, stop, follower).await?,
            Self::Customers(app) => app.reconciler().await?.carry_out(order, stop, follower).await?,
        })
    }
}

/// A failure as the function tells it for machines, and with what to do for people.
fn tell_failure(failure: &Failure, json: bool, out: &mut impl Write) -> io::Result<()> {
    let Failure { code, message } = failure;
    if json {
        writeln!(out, "{}", serde_json::json!({"errorType": code, "errorMessage": message}))?;
    }
    let advice = words::after(code);
    writeln!(io::stderr(), "spine: {message}{}{advice}", if advice.is_empty() { "" } else { ": " })
}
