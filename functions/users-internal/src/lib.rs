//! What trusted server code may ask and tell, by Lambda invoke: look-ups, the Stripe link, the list for a reconcile.
//!
//! IAM says who may invoke it, and there is no URL. A file is a group of operations.

mod customers;
mod look_ups;
mod request;

use std::time::Duration;

use serde_json::Value;
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, StripeSource, Tables, UsersDoor};
use shared::customers::StripeAccess;
use shared::domain::Realms;
use shared::invocation::Failure;
use shared::provider::Limits;
use shared::store::{Claims, Users};

use request::Request;

/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the function stands on.
pub struct App {
    /// The users.
    pub users: Users,
    /// What belongs to one of them only.
    pub claims: Claims,
    /// Stripe, where it is configured.
    pub stripe: Option<StripeAccess>,
    /// Which issuer belongs to which realm.
    pub realms: Realms,
    /// The time.
    pub clock: Clock,
}

impl App {
    /// The function as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (aws, tables) = (Aws::from_env(env)?, Tables::from_env(env));
        let (http, clock) = (aws::http_client(&aws), Clock::system());
        let stripe = StripeSource::from_env(env)?.map(|source| {
            let secret_key = Secret::open(source.secret_key, &aws, http.clone(), PATIENCE, clock.clone());
            StripeAccess::new(source.base, secret_key, Limits::for_callers(), clock.clone())
        });
        if stripe.is_none() {
            tracing::info!(source = "stripe", "off: none of its variables is set");
        }
        let client = aws::dynamodb(&aws, http, PATIENCE);
        Ok(Self {
            users: Users::new(client.clone(), &tables),
            claims: Claims::new(client, &tables),
            stripe,
            realms: UsersDoor::from_env(env)?.realms,
            clock,
        })
    }

    /// Opens the connection before the first request.
    pub async fn primed(self) -> Self {
        self.users.prime().await;
        self
    }

    /// Answers one invocation, `{"operation": …}`.
    pub async fn handle(&self, event: Value) -> Result<Value, Failure> {
        self.carry_out(event).await.map_err(Failure::logged)
    }

    async fn carry_out(&self, event: Value) -> Result<Value, Failure> {
        match Request::read(event)? {
            Request::UserByAuth(identity) => self.user_by_auth(&identity).await,
            Request::UserById(id) => self.user_by_id(&id).await,
            Request::UserByPublicKey(key) => self.user_by_public_key(&key).await,
            Request::SetStripeCustomer(wish) => self.set_stripe_customer(&wish).await,
            Request::EnsureStripeCustomer(wish) => self.ensure_stripe_customer(&wish).await,
            Request::ListForStripe(page) => self.list_for_stripe(&page).await,
        }
    }
}
