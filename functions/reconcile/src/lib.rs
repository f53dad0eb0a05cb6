//! The nightly comparison of a provider with the table, by Lambda invoke.

mod request;

use std::time::Duration;

use serde_json::{Value, json};
use shared::aws;
use shared::clock::{Clock, Timestamp, instant};
use shared::config::{Aws, ConfigError, Env, ReconcileSettings, Tables};
use shared::provider::{Access, Limits, Source};
use shared::reconcile::{Order, Reconciler, Stop, Unwatched};
use shared::store::{Run, SyncRuns, Users};
use tokio::time::Instant;

pub use request::Request;
pub use shared::invocation::Failure;
pub use shared::provider::SourceName;

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

    /// The client of a provider.
    pub async fn source(&self, name: SourceName) -> Result<Source, Failure> {
        Ok(self.access.source(name).await?)
    }
}

/// A run, as the caller is told.
pub fn answer(run: &Run) -> Value {
    let notice = |(cause, user_id, linked_to): &(String, String, Option<String>)| match linked_to {
        Some(linked_to) => json!({"cause": cause, "userId": user_id, "linkedTo": linked_to}),
        None => json!({"cause": cause, "userId": user_id}),
    };
    let mut told = json!({
        "runId": run.run_id,
        "status": run.status.as_str(),
        "inStep": run.in_step,
        "listed": run.listed,
        "counts": run.counts,
        "outcomes": run.outcomes,
        "failures": run.failures,
    });
    let optional = [("holder", &run.holder), ("resume", &run.resume), ("withheld", &run.withheld)];
    if let Some(told) = told.as_object_mut() {
        let there = optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
        told.extend(there);
        if !run.notices.is_empty() {
            told.insert("notices".to_owned(), run.notices.iter().map(notice).collect());
        }
    }
    told
}

/// What is left of an invocation's time when a run begins to stop: enough to finish what is on its way, and to record it.
const STOPPING: Duration = Duration::from_secs(45);

/// When a run must begin to stop, by the end of its invocation in ms since 1970; never where nobody tells.
pub fn deadline(invocation_ends: u64) -> Option<Instant> {
    let ends = i64::try_from(invocation_ends).ok().filter(|ends| *ends > 0).and_then(Timestamp::from_millis)?;
    let left = ends.since(Clock::system().now());
    // A short invocation keeps half of its time.
    Some(instant() + left.saturating_sub(STOPPING.min(left / 2)))
}
