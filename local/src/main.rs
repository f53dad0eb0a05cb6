//! `cargo dev`: starts the whole system, says what listens where, and serves until Ctrl-C.

mod banner;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local::system::{Options, System};
use shared::config::Env;
use shared::telemetry;

/// The whole of identity-spine on this machine: its routes and functions, an embedded DynamoDB, and stand-ins for
/// Auth0 and Clerk. No cloud, no account. Variables of the environment go before the defaults; see the README.
#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev --", version)]
struct Flags {
    /// The HTTP routes
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    http: SocketAddr,
    /// Every function, behind Lambda's Invoke API
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3001")]
    lambda: SocketAddr,
    /// DynamoDB, embedded; left out when DYNAMODB_ENDPOINT is set
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    dynamodb: SocketAddr,
    /// The stand-in for Auth0; left out when AUTH0_ISSUER_BASE_URL or AUTH0_DOMAIN is set
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4001")]
    auth0: SocketAddr,
    /// The stand-in for Clerk; left out when CLERK_API_URL is set
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4002")]
    clerk: SocketAddr,
    /// Keep everything in this folder; without it, all is in memory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    telemetry::start();
    let options = Options {
        http: flags.http,
        lambda: flags.lambda,
        dynamodb: flags.dynamodb,
        auth0: flags.auth0,
        clerk: flags.clerk,
        data: flags.data,
        env: Env::process(),
        people: true,
    };
    match run(options).await {
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
