//! The flags of `cargo dev`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use local::system::Options;
use shared::config::Env;

/// Ten attempts are over in a quarter of a minute.
const BACK_OFF: Duration = Duration::from_millis(100);
/// Long enough for an export job to be seen at work.
const EXPORTS_TAKE: Duration = Duration::from_millis(300);

/// The whole of identity-spine on this machine: its routes and functions, an embedded DynamoDB, and stand-ins for
/// Auth0, Clerk and Stripe. No cloud, no account. Variables of the environment go before the defaults; see the README.
#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev --", version)]
pub(crate) struct Flags {
    /// The HTTP routes
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    http: SocketAddr,
    /// Every function, behind Lambda's Invoke API, and the queue of Auth0's events, behind SQS's
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
    /// The stand-in for Stripe; left out when STRIPE_API_URL is set
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4003")]
    stripe: SocketAddr,
    /// Keep everything in this folder; without it, all is in memory. Killed, it loses nothing of the database, and of the
    /// stand-ins and the queue at most the last half second
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Flags {
    /// The system that these flags and variables ask for, with people in the stand-ins.
    pub(crate) fn options(self, env: Env) -> Options {
        let Self { http, lambda, dynamodb, auth0, clerk, stripe, data } = self;
        Options {
            http,
            lambda,
            dynamodb,
            auth0,
            clerk,
            stripe,
            data,
            env,
            people: true,
            exports_take: EXPORTS_TAKE,
            back_off: BACK_OFF,
        }
    }
}
