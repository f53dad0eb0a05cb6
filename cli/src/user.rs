//! `spine user`: one row, one user from the provider now, and what operators do by hand.

mod by_hand;
mod find;
mod history;
mod named;
mod resync;
mod row;
mod show;

use clap::{Args, Subcommand};

use crate::Ended;
use crate::place::Place;
use by_hand::Signed;
use find::Sought;
use named::Named;

/// `spine user`.
#[derive(Subcommand)]
pub(crate) enum User {
    /// Show one row, a tombstone too. Ends with 1 when there is none
    Show(Show),
    /// What happened to one user, when, and who did it. Ends with 1 when nothing is recorded
    History(History),
    /// Ask the provider for one user now, and write what a reconcile would. Never deletes
    Resync(Resync),
    /// Ask the users-internal function whom an identity, an id or a key names. Ends with 1 when nobody
    Find(Find),
    /// Remove some facts, until the provider tells them again
    Clear(Clear),
    /// End a user for good and free what they claimed, when the provider no longer lists them
    Erase(Erase),
    /// Bring back a deleted or erased user whom the provider has
    Restore(Restore),
    /// Hand a key or a Stripe customer from one user to another
    Transfer(Transfer),
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

/// `spine user history`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user history usr_tlrofji4bfbyd37m4eyy3a6ius
  spine user history 'auth0|test123' --limit 5
  spine user history user_29w83sxmDNGwOuEthce5gg56FcC --json

The newest comes last. It names which fields changed, and no value of any; logins alone are not recorded.")]
pub(crate) struct History {
    /// usr_… (an id of ours), user_… (Clerk's), conn|id (Auth0's), or PROVIDER:SUBJECT
    user: Named,
    /// At most so many of the last writes, each of which may have done several things
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
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

/// `spine user find`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user find 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed
  spine user find 'auth0|test123' --json

Deleted users are found by nobody; `spine user show` shows their rows.")]
pub(crate) struct Find {
    /// A user, or a public key as wallets spell it
    sought: Sought,
    /// Show names, addresses and the like, not only which of them are present
    #[arg(long)]
    show_values: bool,
}

/// `spine user clear`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user clear user_29w83sxmDNGwOuEthce5gg56FcC nickname avatarUrl --reason 'case 4711'")]
pub(crate) struct Clear {
    /// usr_… (an id of ours), user_… (Clerk's), conn|id (Auth0's), or PROVIDER:SUBJECT
    user: Named,
    /// email, name, firstName, lastName, nickname, username, avatarUrl
    #[arg(required = true)]
    fields: Vec<String>,
    #[command(flatten)]
    signed: Signed,
}

/// `spine user erase`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user erase 'auth0|test123' --reason 'case 4712'
  spine user erase 'auth0|test123' --reason 'case 4712' --even-if-listed

Delete them at the provider first. With --even-if-listed they stay erased though the provider has them, \
and each reconcile names them.")]
pub(crate) struct Erase {
    /// usr_… (an id of ours), user_… (Clerk's), conn|id (Auth0's), or PROVIDER:SUBJECT
    user: Named,
    /// Do not ask the provider
    #[arg(long)]
    even_if_listed: bool,
    #[command(flatten)]
    signed: Signed,
}

/// `spine user restore`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user restore 'auth0|test123' --reason 'case 4713'

The provider's facts come back, keys and customers do not.")]
pub(crate) struct Restore {
    /// usr_… (an id of ours), user_… (Clerk's), conn|id (Auth0's), or PROVIDER:SUBJECT
    user: Named,
    #[command(flatten)]
    signed: Signed,
}

/// `spine user transfer`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine user transfer 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --from 'auth0|old' --to 'auth0|new' --reason 'case 4714'
  spine user transfer cus_NffrFeUfNV2Hib --from usr_… --to usr_… --reason 'case 4714'

A deleted user can give until what they claimed has run out, 48 hours after their end.")]
pub(crate) struct Transfer {
    /// A public key as wallets spell it, or a Stripe customer, cus_…
    what: String,
    /// Who has it, or had it
    #[arg(long)]
    from: Named,
    /// Who gets it
    #[arg(long)]
    to: Named,
    #[command(flatten)]
    signed: Signed,
}

impl User {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        match self {
            Self::Show(show) => show.carry_out(place).await,
            Self::History(history) => history.carry_out(place).await,
            Self::Resync(resync) => resync.carry_out(place).await,
            Self::Find(find) => find.carry_out(place).await,
            Self::Clear(clear) => clear.carry_out(place).await,
            Self::Erase(erase) => erase.carry_out(place).await,
            Self::Restore(restore) => restore.carry_out(place).await,
            Self::Transfer(transfer) => transfer.carry_out(place).await,
        }
    }
}
