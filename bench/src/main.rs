//! Measures what `docs/PERFORMANCE.md` tells. It reports, and never fails on a time.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "a measurement that cannot set its stage should stop, and tells what it measured on stdout"
)]

mod bare;
mod end_to_end;
mod fill;
mod join;
mod login;
mod million;
mod peers;
mod people;
mod tenant;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measures identity-spine on this machine.
#[derive(Parser)]
struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// One execution environment of auth0-upsert: INIT, warm logins, memory, a dead connection
    Login {
        /// The release binary
        #[arg(default_value = "target/release/auth0-upsert")]
        binary: PathBuf,
        /// How many logins
        #[arg(long, default_value_t = 10_000)]
        logins: u32,
    },
    /// The same under valgrind: instructions of INIT and of a login
    Instructions {
        /// The release binary
        #[arg(default_value = "target/release/auth0-upsert")]
        binary: PathBuf,
        /// How many logins are compared with none
        #[arg(long, default_value_t = 500)]
        logins: u32,
    },
    /// The comparison of a reconcile, in memory, on one core
    Join {
        /// How many users
        #[arg(long, default_value_t = 1_000_000)]
        users: u32,
    },
    /// A whole check, over what the engine and the stand-in alone need to serve it
    EndToEnd {
        /// How many users
        #[arg(long, default_value_t = 50_000)]
        users: u32,
    },
    /// A look-up and a link of the users API beside the same work on Node: CPU and time of each
    Peers(peers::Peers),
    /// An engine for the others, until its stdin ends
    #[command(hide = true)]
    Engine,
    /// The real function over a large tenant: time, CPU, memory, units, and the provider's own limit
    Million(million::Million),
}

#[tokio::main]
async fn main() {
    match Bench::parse().what {
        What::Login { binary, logins } => login::measure(&binary, logins).await,
        What::Instructions { binary, logins } => login::instructions(&binary, logins).await,
        What::Join { users } => join::measure(users),
        What::Million(wanted) => million::measure(&wanted).await,
        What::Peers(wanted) => peers::measure(&wanted).await,
        What::Engine => peers::engine().await,
        What::EndToEnd { users } => end_to_end::measure(users).await,
    }
}
