//! Requests to the two doors: by HTTP, through Lambda's Invoke API, or straight to a router under a standing clock.

mod ask;

use axum::Router;
use serde_json::{Value, json};
use shared::aws::Secret;
use shared::clock::{Clock, Timestamp};
use shared::http::finished;
use shared::secret::SecretText;
use shared::store::Users;

pub use self::ask::{Ask, Way, assert_problem, invoke};
use crate::api_gateway::GatewayAnswer;
use crate::clerk_events::{INSTANCE, WEBHOOK_SECRET, signed};

/// The issuer that the source document's curl names.
pub const ISSUER: &str = "https://your-tenant.auth0.com/";
/// The bearer secret of a door that [`LoginDoor`] makes.
pub const ACTION_SECRET: &str = "action-secret";

/// The login's door over `users`, its time told by hand.
pub struct LoginDoor {
    /// Its time.
    pub clock: Clock,
    router: Router,
}

impl LoginDoor {
    /// A door of [`ISSUER`] that takes [`ACTION_SECRET`].
    pub fn new(users: Users, now: Timestamp) -> Self {
        let secret = Secret::fixed(vec![SecretText::new(ACTION_SECRET)]);
        Self::with_secret(users, secret, Clock::standing(now))
    }

    /// A door whose secret lies elsewhere.
    pub fn with_secret(users: Users, secret: Secret, clock: Clock) -> Self {
        let issuers = vec![ISSUER.parse().expect("an issuer")];
        let app = auth0_upsert::App { door: Some(auth0_upsert::Door { users, secret, issuers }), clock: clock.clone() };
        Self { clock, router: finished(auth0_upsert::routes(app)) }
    }

    /// A login with the right secret.
    pub async fn login(&self, body: &Value) -> GatewayAnswer {
        self.ask(&Ask::login(ACTION_SECRET, body.to_string())).await
    }

    /// The outcome of a login that must succeed.
    pub async fn user_id(&self, body: &Value) -> String {
        let answer = self.login(body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        answer.json()["userId"].as_str().expect("a userId").to_owned()
    }

    /// Any request.
    pub async fn ask(&self, ask: &Ask) -> GatewayAnswer {
        ask.to(&self.router).await
    }
}

/// A login's body with nothing but what must be there.
pub fn login(subject: &str, email: &str) -> Value {
    json!({"tokenIdentifier": format!("{ISSUER}|{subject}"), "email": email})
}

/// Clerk's door over `users`, its time told by hand.
pub struct ClerkDoor {
    /// Its time.
    pub clock: Clock,
    router: Router,
}

impl ClerkDoor {
    /// A door of [`INSTANCE`] that takes [`WEBHOOK_SECRET`].
    pub fn new(users: Users, now: Timestamp) -> Self {
        let secret = Secret::fixed(vec![SecretText::new(WEBHOOK_SECRET)]);
        Self::with(users, secret, Some(INSTANCE), Clock::standing(now))
    }

    /// A door whose secret lies elsewhere, of another instance or of any.
    pub fn with(users: Users, secret: Secret, instance: Option<&str>, clock: Clock) -> Self {
        let instance_id = instance.map(str::to_owned);
        let app =
            clerk_webhook::App { door: Some(clerk_webhook::Door { users, secret, instance_id }), clock: clock.clone() };
        Self { clock, router: finished(clerk_webhook::routes(app)) }
    }

    /// Delivers an event, signed at this moment.
    pub async fn deliver(&self, event: &Value) -> GatewayAnswer {
        self.ask(&signed(WEBHOOK_SECRET, self.clock.now().seconds(), event.to_string())).await
    }

    /// The result of an event that must be acknowledged.
    pub async fn result(&self, event: &Value) -> String {
        let answer = self.deliver(event).await;
        assert_eq!(answer.status, 200, "{event}: {}", answer.text());
        answer.json()["result"].as_str().expect("a result").to_owned()
    }

    /// Any request.
    pub async fn ask(&self, ask: &Ask) -> GatewayAnswer {
        ask.to(&self.router).await
    }
}
