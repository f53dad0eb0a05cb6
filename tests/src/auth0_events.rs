//! Auth0's events as its streams deliver them, and the whole way that they go: door, queue, consumer, table.

use local::queue::{Queues, Which};
use local::system::System;
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};
use shared::store::Users;

use crate::doors::{Ask, Way};
use crate::spine::{Spine, at};

/// The bearer secret of the door, where the environment says nothing.
pub const EVENTS_SECRET: &str = "local-events-secret";
/// The tenant that events come from.
pub const TENANT: &str = "acme";

/// An event of our tenant about `object`, sent at `sent_at`.
pub fn event(kind: &str, sent_at: i64, object: &Value) -> Value {
    json!({"specversion": "1.0", "type": kind, "source": "urn:auth0:acme.eu.auth0.com", "id": "evt_vjFVP5pVdfvsfRKatshk",
        "time": at(sent_at).to_rfc3339(), "data": {"object": object, "context": {"tenant": {"id": TENANT}}},
        "a0tenant": TENANT, "a0stream": "est_vjFVP5pVdfvsfRKatshk"})
}

/// A user as Auth0 tells one, with a verified address.
pub fn user(subject: &str, name: &str, email: &str, created_at: i64, updated_at: i64) -> Value {
    json!({"user_id": subject, "name": name, "nickname": "nick", "email": email, "email_verified": true,
        "picture": "https://p.example/1", "created_at": at(created_at).to_rfc3339(),
        "updated_at": at(updated_at).to_rfc3339(), "app_metadata": {}, "user_metadata": {}, "logins_count": 1,
        "identities": [{"connection": "google-oauth2", "provider": "google-oauth2", "user_id": 7, "isSocial": true}]})
}

/// The end of that user at `deleted_at`, told a moment later.
pub fn deleted(user: &Value, deleted_at: i64) -> Value {
    let mut user = user.clone();
    user["deleted_at"] = at(deleted_at).to_rfc3339().into();
    event("user.deleted", deleted_at + 500, &user)
}

/// The request that brings an event to the door.
pub fn delivery(secret: &str, body: impl Into<Vec<u8>>) -> Ask {
    Ask::post("/auth0/events", body).header("authorization", &format!("Bearer {secret}"))
}

/// The whole system, and the way of an event through it.
pub struct EventWay {
    /// The tables.
    pub spine: Spine,
    /// The parts.
    pub system: System,
}

impl EventWay {
    /// The system of our tenant on tables of its own.
    pub async fn start() -> Self {
        let spine = Spine::fresh().await;
        let system = spine.system([("AUTH0_TENANT", TENANT)]).await;
        Self { spine, system }
    }

    /// The queues.
    pub fn queues(&self) -> &Queues {
        &self.system.queues
    }

    /// Brings an event to the door, which must take it.
    pub async fn deliver(&self, event: &Value) {
        let answer = delivery(EVENTS_SECRET, event.to_string()).over(Way::Http, &self.system).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// The same, and waits until the queue is done with it.
    pub async fn told(&self, event: &Value) {
        self.deliver(event).await;
        self.queues().settled().await;
    }

    /// How many messages were given up.
    pub fn given_up(&self) -> usize {
        self.queues().count(Which::DeadLetters).waiting
    }
}

/// The consumer alone, its time told by hand.
pub struct Consumer {
    /// Its time.
    pub clock: Clock,
    app: auth0_events::App,
}

impl Consumer {
    /// The consumer of our tenant over `users`.
    pub fn new(users: Users, now: Timestamp) -> Self {
        let clock = Clock::standing(now);
        let app = auth0_events::App { users, tenant: Some(TENANT.to_owned()), clock: clock.clone() };
        Self { clock, app }
    }

    /// Takes a batch of these bodies, and gives the places of those that it names as failed.
    pub async fn take(&self, bodies: &[String]) -> Vec<usize> {
        let record = |(place, body): (usize, &String)| json!({"messageId": place.to_string(), "body": body});
        let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
        let answer = self.app.handle(json!({"Records": records})).await.expect("a batch is answered");
        let named = answer["batchItemFailures"].as_array().expect("a list").iter();
        let mut places: Vec<usize> =
            named.map(|it| it["itemIdentifier"].as_str().and_then(|id| id.parse().ok()).expect("an id")).collect();
        places.sort_unstable();
        places
    }

    /// Takes one event, which must be acknowledged.
    pub async fn acknowledges(&self, event: &Value) {
        assert!(self.take(&[event.to_string()]).await.is_empty(), "{event}");
    }
}
