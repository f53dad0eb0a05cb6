//! The nightly comparison of a provider with the table, by Lambda invoke.

mod request;

use std::time::Duration;

use serde_json::{Value, json};
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Auth0Source, Aws, ClerkSource, ConfigError, Env, ReconcileSettings, Tables};
use shared::domain::Issuer;
use shared::provider::{Auth0, Auth0Settings, Clerk, ClerkSettings, Source};
use shared::reconcile::Reconciler;
use shared::store::{Run, SyncRuns, Users};

pub use request::{Failure, Request, SourceName};

/// One write may wait this long for a database that throttles.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the function stands on.
pub struct App {
    /// The table.
    pub users: Users,
    /// The record of runs.
    pub runs: SyncRuns,
    /// Auth0, where it is configured.
    pub auth0: Option<Auth0Access>,
    /// Clerk, where it is configured.
    pub clerk: Option<ClerkAccess>,
    /// How old a change must be before its absence is drift.
    pub settle: Duration,
    /// The time.
    pub clock: Clock,
}

/// How Auth0's Management API is reached.
pub struct Auth0Access {
    /// The canonical domain as a URL.
    pub base: Issuer,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Secret,
}

/// How Clerk's Backend API is reached.
pub struct ClerkAccess {
    /// Its URL, without `/v1`.
    pub base: Issuer,
    /// The secret key.
    pub secret_key: Secret,
    /// The instance that the key must open, if that is told.
    pub instance_id: Option<String>,
}

impl App {
    /// The function as the environment tells. A provider without any of its variables is off.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (aws, clock, tables) = (Aws::from_env(env)?, Clock::system(), Tables::from_env(env));
        let http = aws::http_client(&aws);
        let client = aws::dynamodb(&aws, http.clone(), PATIENCE);
        let open = |spot| Secret::open(spot, &aws, http.clone(), PATIENCE, clock.clone());
        let auth0 = Auth0Source::from_env(env)?.map(|source| Auth0Access {
            base: source.base,
            client_id: source.client_id,
            client_secret: open(source.client_secret),
        });
        let clerk = ClerkSource::from_env(env)?.map(|source| ClerkAccess {
            base: source.base,
            secret_key: open(source.secret_key),
            instance_id: source.instance_id,
        });
        for (name, off) in [("auth0", auth0.is_none()), ("clerk", clerk.is_none())] {
            if off {
                tracing::info!(source = name, "off: none of its variables is set");
            }
        }
        let settle = ReconcileSettings::from_env(env)?.settle;
        let (users, runs) = (Users::new(client.clone(), &tables), SyncRuns::new(client, &tables));
        Ok(Self { users, runs, auth0, clerk, settle, clock })
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: Value) -> Result<Value, Failure> {
        let request = Request::read(&event)?;
        let reconciler = Reconciler {
            users: self.users.clone(),
            runs: self.runs.clone(),
            source: self.source(request.source).await?,
            settle: self.settle,
            clock: self.clock.clone(),
        };
        Ok(answer(&reconciler.run(request.mode).await?))
    }

    async fn source(&self, name: SourceName) -> Result<Source, Failure> {
        let off = || {
            Failure::new(
                "source_not_configured",
                format!("{} is not configured: its variables are missing", name.as_str()),
            )
        };
        Ok(match name {
            SourceName::Auth0 => {
                let access = self.auth0.as_ref().ok_or_else(off)?;
                let client_secret = access.client_secret.newest().await?;
                let audience = format!("{}/api/v2/", access.base);
                let settings = Auth0Settings {
                    base: access.base.clone(),
                    audience,
                    client_id: access.client_id.clone(),
                    client_secret,
                    page: 100,
                };
                Source::Auth0(Auth0::new(settings, self.clock.clone())?)
            }
            SourceName::Clerk => {
                let access = self.clerk.as_ref().ok_or_else(off)?;
                let secret_key = access.secret_key.newest().await?;
                let (base, instance_id) = (access.base.clone(), access.instance_id.clone());
                let settings = ClerkSettings { base, secret_key, instance_id, page: 500 };
                Source::Clerk(Clerk::new(settings, self.clock.clone())?)
            }
        })
    }
}

/// A run that reached its end, as the caller is told.
fn answer(run: &Run) -> Value {
    json!({
        "runId": run.run_id,
        "status": run.status,
        "inStep": run.in_step,
        "listed": run.listed,
        "counts": run.counts,
        "outcomes": run.outcomes,
        "failures": run.failures,
    })
}
