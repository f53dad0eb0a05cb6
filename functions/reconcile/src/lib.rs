//! The nightly comparison of a provider with the table, and of the claims with their rows, by Lambda invoke.

mod request;

use std::time::Duration;

use serde_json::Value;
use shared::aws;
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, ReconcileSettings, Tables};
use shared::provider::{Access, Limits, Source};
use shared::reconcile::{ClaimsAudit, Order, Reconciler, Stop, Unwatched};
use shared::store::{Claims, SyncRuns, Users};
use tokio::time::Instant;

pub use request::{Request, Subject};
pub use shared::invocation::Failure;
pub use shared::provider::SourceName;
pub use shared::reconcile::{answer, deadline};

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
    /// The providers.
    pub access: Access,
    /// How old a change must be before its absence is drift.
    pub settle: Duration,
    /// The time.
    pub clock: Clock,
}

impl App {
    /// The function as the environment tells. A provider without any of its variables is off.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (aws, clock, tables) = (Aws::from_env(env)?, Clock::system(), Tables::from_env(env));
        let http = aws::http_client(&aws);
        let client = aws::dynamodb(&aws, http.clone(), PATIENCE);
        let access = Access::from_env(env, (&aws, &http), PATIENCE, Limits::default(), &clock)?;
        let settle = ReconcileSettings::from_env(env)?.settle;
        let (users, runs) = (Users::new(client.clone(), &tables), SyncRuns::new(client, &tables));
        Ok(Self { users, runs, access, settle, clock })
    }

    /// Answers one invocation, which must be over at `deadline`.
    pub async fn handle(&self, event: Value, deadline: Option<Instant>) -> Result<Value, Failure> {
        let request = Request::read(&event)?;
        let order = Order { deadline, patience: PREPARING, ..request.order };
        let run = match request.subject {
            Subject::Users(name) => self.reconciler(name).await?.carry_out(&order, &Stop::new(), &Unwatched).await?,
            Subject::Claims => self.claims_audit().carry_out(order, &Stop::new()).await?,
        };
        Ok(answer(&run))
    }

    /// The audit of what belongs to one user only.
    pub fn claims_audit(&self) -> ClaimsAudit {
        let claims = Claims::beside(self.users.clone());
        ClaimsAudit { claims, runs: self.runs.clone(), clock: self.clock.clone() }
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

    /// The client of a provider.
    pub async fn source(&self, name: SourceName) -> Result<Source, Failure> {
        Ok(self.access.source(name).await?)
    }
}
