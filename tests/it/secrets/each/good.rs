//! What each function does when its secret is the right one.

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::Identity;
use tests::doors::{Ask, Way, login};
use tests::users_api::bearing;
use tests::{auth0_events, clerk_events};

use super::row::Row;

/// A request to a door about this user, by whoever presents this.
pub(super) fn request(function: &str, presented: &str, who: &Identity) -> Value {
    let (now, subject) = (Clock::system().now(), who.subject());
    let ask = match function {
        "auth0-upsert" => Ask::login(presented, login(subject, "a@example.com").to_string()),
        "auth0-events-http" => {
            let user = auth0_events::user(subject, "Ada", "a@example.com", now.millis(), now.millis());
            auth0_events::delivery(presented, auth0_events::event("user.created", now.millis(), &user).to_string())
        }
        "clerk-webhook" => {
            let user = clerk_events::user(subject, ("Ada", ""), "a@example.com", now.millis(), now.millis());
            let event = clerk_events::event("user.created", now.millis(), &user);
            clerk_events::signed(presented, now.seconds(), event.to_string())
        }
        _ => {
            let body = json!({"authProvider": who.provider().as_str(), "authSubject": subject});
            bearing(presented, Ask::post("/v1/users", body.to_string()).by("PUT"))
        }
    };
    ask.event(Way::Text)
}

/// An order about this user, for which the provider must be asked.
pub(super) fn order(row: &Row, who: &Identity) -> Value {
    let user = who.user_id();
    match row.function {
        "users-admin" => json!({"operation": "erase", "userId": user.as_str(), "actor": "eve", "reason": "case 7"}),
        "users-internal" => json!({"operation": "ensureStripeCustomer", "userId": user.as_str()}),
        _ => json!({"source": who.provider().as_str(), "mode": "check"}),
    }
}
