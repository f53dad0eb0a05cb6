//! What operators do by hand, by Lambda invoke: clear, erase, restore, transfer. Each can be repeated at will.
//!
//! IAM says who may invoke it, and there is no URL. A file is an operation.

mod clear;
mod erase;
mod provider;
mod request;
mod restore;
mod transfer;

use std::time::Duration;

use serde_json::Value;
use shared::aws;
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, Tables};
use shared::domain::Operation;
use shared::invocation::Failure;
use shared::provider::{Access, Limits};
use shared::store::{Claims, Users};

use request::{Order, Request};

/// An operator waits for the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often an operation looks again at a user who moved under it.
const ROUNDS: u32 = 3;

/// What the function stands on.
pub struct App {
    /// The users.
    pub users: Users,
    /// What belongs to one of them only.
    pub claims: Claims,
    /// The providers, who are asked whom they list.
    pub access: Access,
    /// The time.
    pub clock: Clock,
}

impl App {
    /// The function as the environment tells. A provider without any of its variables is off.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (aws, tables, clock) = (Aws::from_env(env)?, Tables::from_env(env), Clock::system());
        let http = aws::http_client(&aws);
        let client = aws::dynamodb(&aws, http.clone(), PATIENCE);
        let limits = Limits { request: PATIENCE, attempts: 3, patience: PATIENCE * 2, ..Limits::default() };
        let access = Access::from_env(env, (&aws, &http), PATIENCE, limits, &clock)?;
        let (users, claims) = (Users::new(client.clone(), &tables), Claims::new(client, &tables));
        Ok(Self { users, claims, access, clock })
    }

    /// Opens the connection before the first request.
    pub async fn primed(self) -> Self {
        self.users.prime().await;
        self
    }

    /// Answers one invocation, `{"operation": …, "actor": …, "reason": …}`.
    pub async fn handle(&self, event: Value) -> Result<Value, Failure> {
        self.carry_out(event).await.map_err(Failure::logged)
    }

    async fn carry_out(&self, event: Value) -> Result<Value, Failure> {
        let order = Order::read(event)?;
        let answer = match &order.request {
            Request::Clear { user, facts } => self.clear(&order, user, facts).await?,
            Request::Erase { user, even_if_listed } => self.erase(&order, user, *even_if_listed).await?,
            Request::Restore { user } => self.restore(&order, user).await?,
            Request::Transfer { claim, from, to } => self.transfer(&order, claim, (from, to)).await?,
        };
        // Who and why are in the row: here they could name people.
        let result = answer.get("result").and_then(Value::as_str);
        tracing::info!(operation = order.request.name(), result, "done by hand");
        Ok(answer)
    }

    /// The operation as it is written, as of now.
    fn operation<'a>(&self, order: &'a Order) -> Operation<'a> {
        let Order { actor, reason, request } = order;
        Operation { name: request.name(), actor, reason, at: self.clock.now() }
    }
}

fn unknown() -> Failure {
    Failure::new("user_unknown", "nobody has this id")
}

fn deleted() -> Failure {
    Failure::new("user_deleted", "this user was deleted")
}

/// A user who moved with every look at them.
fn restless() -> Failure {
    Failure::new("unavailable", "the user changed again and again meanwhile: try again")
}
