//! The nightly comparison of users with their customers at Stripe, by Lambda invoke.

mod request;

use std::time::Duration;

use serde_json::Value;
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, ReconcileSettings, StripeSource, Tables};
use shared::customers::StripeAccess;
use shared::invocation::Failure;
use shared::provider::{Limits, Stripe};
use shared::reconcile::{Order, Stop, answer};
use shared::store::{Claims, SyncRuns, Users};
use shared::stripe_reconcile::{StripeReconciler, UnwatchedLinks};
use tokio::time::Instant;

pub use request::order;

/// One write may wait this long for a database that throttles.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the function stands on.
pub struct App {
    /// The rows.
    pub users: Users,
    /// The links.
    pub claims: Claims,
    /// The record of runs.
    pub runs: SyncRuns,
    /// Stripe, where it is configured.
    pub stripe: Option<StripeAccess>,
    /// How old a customer must be before a missing link to it is drift.
    pub settle: Duration,
    /// The time.
    pub clock: Clock,
}

impl App {
    /// The function as the environment tells. Without any of Stripe's variables it is off.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (aws, clock, tables) = (Aws::from_env(env)?, Clock::system(), Tables::from_env(env));
        let http = aws::http_client(&aws);
        let client = aws::dynamodb(&aws, http.clone(), PATIENCE);
        let stripe = StripeSource::from_env(env)?.map(|source| {
            let secret_key = Secret::open(source.secret_key, &aws, http.clone(), PATIENCE, clock.clone());
            StripeAccess::new(source.base, secret_key, Limits::default(), clock.clone())
        });
        if stripe.is_none() {
            tracing::info!(source = "stripe", "off: none of its variables is set");
        }
        let settle = ReconcileSettings::from_env(env)?.settle;
        let (users, claims) = (Users::new(client.clone(), &tables), Claims::new(client.clone(), &tables));
        let runs = SyncRuns::new(client, &tables);
        Ok(Self { users, claims, runs, stripe, settle, clock })
    }

    /// Answers one invocation, which must be over at `deadline`.
    pub async fn handle(&self, event: Value, deadline: Option<Instant>) -> Result<Value, Failure> {
        let order = Order { deadline, ..request::order(&event)? };
        let run = self.reconciler().await?.carry_out(&order, &Stop::new(), &UnwatchedLinks).await?;
        Ok(answer(&run))
    }

    /// The reconcile of Stripe's customers.
    pub async fn reconciler(&self) -> Result<StripeReconciler, Failure> {
        Ok(StripeReconciler {
            users: self.users.clone(),
            claims: self.claims.clone(),
            runs: self.runs.clone(),
            stripe: self.client().await?,
            settle: self.settle,
            clock: self.clock.clone(),
        })
    }

    /// Stripe's client; the same one as long as its key is the same.
    pub async fn client(&self) -> Result<Stripe, Failure> {
        let off = || Failure::new("source_not_configured", "stripe is not configured: its variables are missing");
        Ok(self.stripe.as_ref().ok_or_else(off)?.client().await?)
    }
}
