//! The nightly comparison of a provider with the table, by Lambda invoke.

mod request;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Auth0Source, Aws, ClerkSource, ConfigError, Env, ReconcileSettings, Tables};
use shared::domain::Issuer;
use shared::provider::{Auth0, Auth0Settings, Clerk, ClerkSettings, Source};
use shared::reconcile::{Order, Reconciler, Stop, Unwatched};
use shared::secret::SecretText;
use shared::store::{SyncRuns, Users};
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use request::{Request, SourceName};
pub use shared::reconcile::{Failure, answer, deadline};

/// One write may wait this long for a database that throttles.
const PATIENCE: Duration = Duration::from_secs(30);
/// A listing that takes longer to be prepared is not waited for: whoever invoked asks again, and nobody pays for waiting.
const PREPARING: Duration = Duration::from_secs(10);

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
    /// The clients that were made already.
    opened: Mutex<BTreeMap<SourceName, Opened>>,
}

/// A provider's client, and the secret that it was made with.
struct Opened {
    secret: SecretText,
    source: Source,
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
        Ok(Self { users, runs, auth0, clerk, settle, clock, opened: Mutex::default() })
    }

    /// Answers one invocation, which must be over at `deadline`.
    pub async fn handle(&self, event: Value, deadline: Option<Instant>) -> Result<Value, Failure> {
        let request = Request::read(&event)?;
        let order = Order { deadline, patience: PREPARING, ..request.order };
        let run = self.reconciler(request.source).await?.carry_out(&order, &Stop::new(), &Unwatched).await?;
        Ok(answer(&run))
    }

    /// The reconcile of a provider.
    pub async fn reconciler(&self, name: SourceName) -> Result<Reconciler, Failure> {
        Ok(Reconciler {
            users: self.users.clone(),
            runs: self.runs.clone(),
            source: self.source(name).await?,
            settle: self.settle,
            clock: self.clock.clone(),
        })
    }

    /// The client of a provider; the same one, with its token, as long as its secret is the same.
    pub async fn source(&self, name: SourceName) -> Result<Source, Failure> {
        let newest = match name {
            SourceName::Auth0 => self.auth0.as_ref().map(|access| &access.client_secret),
            SourceName::Clerk => self.clerk.as_ref().map(|access| &access.secret_key),
        };
        let secret = newest.ok_or_else(|| off(name))?.newest().await?;
        let mut opened = self.opened.lock().await;
        if let Some(known) = opened.get(&name).filter(|known| known.secret.expose() == secret.expose()) {
            return Ok(known.source.clone());
        }
        let source = self.open(name, SecretText::new(secret.expose()))?;
        opened.insert(name, Opened { secret, source: source.clone() });
        Ok(source)
    }

    fn open(&self, name: SourceName, secret: SecretText) -> Result<Source, Failure> {
        Ok(match name {
            SourceName::Auth0 => {
                let access = self.auth0.as_ref().ok_or_else(|| off(name))?;
                let settings = Auth0Settings {
                    base: access.base.clone(),
                    audience: format!("{}/api/v2/", access.base),
                    client_id: access.client_id.clone(),
                    client_secret: secret,
                    page: 100,
                };
                Source::Auth0(Auth0::new(settings, self.clock.clone())?)
            }
            SourceName::Clerk => {
                let access = self.clerk.as_ref().ok_or_else(|| off(name))?;
                let (base, instance_id) = (access.base.clone(), access.instance_id.clone());
                let settings = ClerkSettings { base, secret_key: secret, instance_id, page: 500 };
                Source::Clerk(Clerk::new(settings, self.clock.clone())?)
            }
        })
    }
}

fn off(name: SourceName) -> Failure {
    let message = format!("{} is not configured: its variables are missing", name.as_str());
    Failure::new("source_not_configured", message)
}
