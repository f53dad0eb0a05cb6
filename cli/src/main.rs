//! `spine`: the operator's command.

mod audit;
mod consent;
mod doctor;
mod invoke;
mod look;
mod place;
mod redrive;
mod run;
mod runs;
mod setup;
mod times;
mod tokens;
mod user;
mod words;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use place::Place;

/// How a command ends that met no error: with a status.
type Ended = Result<ExitCode, Box<dyn std::error::Error>>;

/// Keeps the table of users in step with Auth0 and Clerk, and their customers with Stripe, and shows what is in it.
///
/// The environment says which table and which provider: DYNAMODB_ENDPOINT or AWS's own variables, and the provider's.
/// --local stands for all that `cargo dev` uses by default, so that everything can be tried on one machine: start
/// `cargo dev` in one terminal, wait for `ready`, and run `cargo spine check clerk --local` in another.
#[derive(Parser)]
#[command(name = "spine", version, after_help = EXAMPLES)]
struct Spine {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Begin here:
  spine doctor --local          is everything there that a run needs?
  spine check clerk --local     what differs? Writes nothing; ends with 0 in step, 2 drift, 1 error
  spine sync clerk --local      shows what differs, asks, writes
  spine runs --local            what ran, and how it ended

Results go to stdout, progress and errors to stderr. `spine COMMAND --help` says more.";

#[derive(Subcommand)]
enum Command {
    /// Report what differs, and write nothing. Ends with 0 in step, 2 drift, 1 error
    Check(run::Check),
    /// Show what differs, ask once, and write it. Ends with 0 when all is in step or done, else 1
    Sync(run::Sync),
    /// Write whatever differs, without a question. Ends with 0 when all is in step or done, else 1
    Apply(run::Apply),
    /// What ran, and how it ended
    Runs(runs::Runs),
    /// One user: look at the row, bring it in step now, or do by hand what only an operator does
    #[command(subcommand)]
    User(user::User),
    /// Service tokens: make one
    #[command(subcommand)]
    Tokens(tokens::Tokens),
    /// Look for claims that break the rules, and mend them if asked to
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Bring back the events of Auth0 that were given up, so that they are applied
    Redrive(redrive::Redrive),
    /// Set up a provider, so that it tells of its users: what will be done is shown first
    #[command(subcommand)]
    Setup(setup::Setup),
    /// Look at all that a run needs, and say what to do. Writes nothing; ends with 1 if something fails
    Doctor(doctor::Doctor),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Spine { place, command } = match Spine::try_parse() {
        Ok(spine) => spine,
        Err(usage) => {
            let _ = usage.print();
            // 2 means drift here, so a wrong word on the command line must not.
            return if usage.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    let ended = match command {
        Command::Check(check) => check.carry_out(place).await,
        Command::Sync(sync) => sync.carry_out(place).await,
        Command::Apply(apply) => apply.carry_out(place).await,
        Command::Runs(runs) => runs.carry_out(place).await,
        Command::User(user) => user.carry_out(place).await,
        Command::Tokens(tokens) => tokens.carry_out(place),
        Command::Audit(audit) => audit.carry_out(place).await,
        Command::Redrive(redrive) => redrive.carry_out(place).await,
        Command::Setup(setup) => setup.carry_out(place).await,
        Command::Doctor(doctor) => doctor.carry_out(place).await,
    };
    ended.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "spine: {error}");
        ExitCode::FAILURE
    })
}
