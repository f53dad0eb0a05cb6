//! `spine user`: one row, and one user from the provider now.

mod named;
mod resync;
mod row;
mod show;

use clap::{Args, Subcommand};

use crate::Ended;
use crate::place::Place;
use named::Named;

/// `spine user`.
#[derive(Subcommand)]
pub(crate) enum User {
    /// Show one row, a tombstone too. Ends with 1 when there is none
    Show(Show),
    /// Ask the provider for one user now, and write what a reconcile would. Never deletes
    Resync(Resync),
}

/// `spine user show`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user show usr_tlrofji4bfbyd37m4eyy3a6ius
  spine user show 'auth0|test123'
  spine user show user_29w83sxmDNGwOuEthce5gg56FcC --show-values
  spine user show game:player-7 --json")]
pub(crate) struct Show {
    /// usr_… (an id of ours), user_… (Clerk's), conn|id (Auth0's), or PROVIDER:SUBJECT
    user: Named,
    /// Show names, addresses and the like, not only which of them are present
    #[arg(long)]
    show_values: bool,
}

/// `spine user resync`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user resync 'auth0|test123'            show what differs, ask, write
  spine user resync user_29w83sxmDNGwOuEthce5gg56FcC --yes

Somebody whom the provider does not have is reported, and left as they are. \
Ends with 0 when the user is in step or was written, else 1.")]
pub(crate) struct Resync {
    /// usr_… (an id of ours), user_… (Clerk's), conn|id (Auth0's), or PROVIDER:SUBJECT
    user: Named,
    /// Write without asking
    #[arg(long)]
    yes: bool,
    /// Show names, addresses and the like, not only which of them differ
    #[arg(long)]
    show_values: bool,
}

impl User {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        match self {
            Self::Show(show) => show.carry_out(place).await,
            Self::Resync(resync) => resync.carry_out(place).await,
        }
    }
}
