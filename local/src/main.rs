//! `cargo dev`: starts the whole system, says what listens where, and serves until Ctrl-C.

mod banner;
mod flags;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use flags::Flags;
use local::system::{Options, System};
use shared::config::Env;
use shared::telemetry;

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    telemetry::start();
    match run(flags.options(Env::process())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "cargo dev: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// The error, and what is behind it: of a taken port, that it is taken.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source()).map(ToString::to_string);
    causes.fold(error.to_string(), |told, cause| if told.contains(&cause) { told } else { format!("{told}: {cause}") })
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let system = System::start(options).await?;
    let ended = ended()?;
    banner::print(&system, &mut std::io::stdout().lock())?;
    ended.await;
    Ok(system.end().await?)
}

/// Ctrl-C, or the signal by which a supervisor ends a process.
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
