//! What every command is told: where the tables and providers are, and for whom it writes.

use std::time::Duration;

use clap::{Args, ValueEnum};
use reconcile::SourceName;
use shared::aws;
use shared::config::{Aws, ConfigError, Env, Tables, dev_defaults};
use shared::store::{AuditTrail, Claims, SyncRuns, Users};
use shared::stripe_reconcile::STRIPE;

/// How long a person waits for the database.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Flags of every command.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Use what `cargo dev` uses by default, wherever the environment says nothing
    #[arg(long, global = true)]
    local: bool,
    /// Lines of JSON on stdout, for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Place {
    /// The variables that count.
    pub(crate) fn env(self) -> Env {
        if self.local { Env::process().or(dev_defaults()) } else { Env::process() }
    }
}

/// The tables alone, where no provider is needed.
pub(crate) fn tables(env: &Env) -> Result<(Users, SyncRuns), ConfigError> {
    let (aws, tables) = (Aws::from_env(env)?, Tables::from_env(env));
    let client = aws::dynamodb(&aws, aws::http_client(&aws), PATIENCE);
    Ok((Users::new(client.clone(), &tables), SyncRuns::new(client, &tables)))
}

/// The claims, likewise.
pub(crate) fn claims(env: &Env) -> Result<Claims, ConfigError> {
    let (aws, tables) = (Aws::from_env(env)?, Tables::from_env(env));
    Ok(Claims::new(aws::dynamodb(&aws, aws::http_client(&aws), PATIENCE), &tables))
}

/// What happened to users, likewise.
pub(crate) fn audit_trail(env: &Env) -> Result<AuditTrail, ConfigError> {
    let (aws, tables) = (Aws::from_env(env)?, Tables::from_env(env));
    Ok(AuditTrail::new(aws::dynamodb(&aws, aws::http_client(&aws), PATIENCE), &tables))
}

/// A provider, as it is called on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    Auth0,
    Clerk,
    /// Not who users are, but which customers are theirs
    Stripe,
}

impl Source {
    pub(crate) const ALL: [Self; 3] = [Self::Auth0, Self::Clerk, Self::Stripe];

    /// The provider of users that it is; none where it is Stripe.
    pub(crate) fn of_users(self) -> Option<SourceName> {
        match self {
            Self::Auth0 => Some(SourceName::Auth0),
            Self::Clerk => Some(SourceName::Clerk),
            Self::Stripe => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.of_users().map_or(STRIPE, SourceName::as_str)
    }
}
