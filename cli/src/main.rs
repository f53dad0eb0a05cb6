//! `spine`: the operator's command.

mod report;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde_json::json;
use shared::config::{Env, dev_defaults};

/// Compares a provider's users with the table, and repairs what differs.
///
/// The environment says which table and which provider: DYNAMODB_ENDPOINT or AWS's own variables, and the provider's;
/// --local stands for all that `cargo dev` uses by default.
#[derive(Parser)]
#[command(name = "spine", version)]
struct Spine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Report what differs, and write nothing. Ends with 0 in step, 2 drift, 1 error
    Check(Run),
    /// Write whatever differs; orphans are reported, never deleted. Ends with 0 when no drift is left, else 1
    Apply(Run),
}

#[derive(Args)]
struct Run {
    /// The provider
    source: Source,
    /// Use what `cargo dev` uses by default
    #[arg(long)]
    local: bool,
    /// One line of JSON, for machines
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Source {
    Auth0,
    Clerk,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let spine = match Spine::try_parse() {
        Ok(spine) => spine,
        Err(usage) => {
            let _ = usage.print();
            // 2 means drift here, so a wrong word on the command line must not.
            return if usage.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    let (mode, run) = match spine.command {
        Command::Check(run) => ("check", run),
        Command::Apply(run) => ("apply", run),
    };
    match reconcile(mode, &run).await {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "spine: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn reconcile(mode: &str, run: &Run) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let env = if run.local { Env::process().or(dev_defaults()) } else { Env::process() };
    let source = match run.source {
        Source::Auth0 => "auth0",
        Source::Clerk => "clerk",
    };
    let app = ::reconcile::App::from_env(&env)?;
    let answer = app.handle(json!({"source": source, "mode": mode}), None).await.map_err(|failure| failure.message)?;
    report::print(&answer, run.json, &mut io::stdout().lock())?;
    let in_step = answer.get("inStep") == Some(&json!(true));
    Ok(match (mode, in_step) {
        (_, true) => ExitCode::SUCCESS,
        ("check", false) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    })
}
