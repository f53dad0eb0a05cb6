//! `spine tokens`: service tokens, made here and kept nowhere.

mod expiry;
mod new;

use clap::{ArgGroup, Args, Subcommand};
use shared::clock::Timestamp;
use shared::token::Scope;

use crate::Ended;
use crate::place::Place;

/// `spine tokens`.
#[derive(Subcommand)]
pub(crate) enum Tokens {
    /// Make a token for a service, and the entry of SERVICE_TOKENS that lets it in. Asks nobody, changes nothing
    New(New),
}

/// `spine tokens new`.
#[derive(Args)]
#[command(group(ArgGroup::new("expiry").args(["expires_in", "expires_at"])), after_help = "\
Examples:
  spine tokens new --id game-server --scope users:read
  spine tokens new --id shop --scope users:write --scope keys:write --expires-in 90
  spine tokens new --id audit --scope users:read --expires-at 2027-01-31 --json

The token is shown this once; SERVICE_TOKENS holds its digest alone. Under an id that the list has already it takes that \
one's place; to let both in for a while, give it another id. docs/OPERATIONS.md says how tokens are rotated and revoked.")]
pub(crate) struct New {
    /// Whose it is: 1 to 64 letters, digits or hyphens; `changed_by` names it
    #[arg(long, value_name = "ID", value_parser = id)]
    id: String,
    /// What it may do; once for each of users:read, users:read-by-identity, users:write, keys:write
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<Scope>,
    /// Ends after so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    expires_in: Option<u16>,
    /// Ends at a date, or a time with its zone: 2027-01-31, 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = expiry::time)]
    expires_at: Option<Timestamp>,
}

impl Tokens {
    pub(crate) fn carry_out(self, place: Place) -> Ended {
        match self {
            Self::New(new) => new.carry_out(place),
        }
    }
}

fn id(text: &str) -> Result<String, shared::token::BadServiceTokens> {
    shared::token::is_id(text).then(|| text.to_owned()).ok_or(shared::token::BadServiceTokens::Id)
}
