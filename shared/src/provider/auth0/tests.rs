//! A small tenant, and tenants that misbehave.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

mod breaking;
mod export;
mod listing;
mod prepare;
mod reading;
mod realm;

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use super::*;
use crate::clock::Timestamp;
use crate::provider::testing::{Asked, QUICK, Stub, json as answer};

/// What a tenant answers to anything but a request for a token.
type Answers = Arc<dyn Fn(usize, &Asked) -> Response + Send + Sync>;

fn user(number: usize) -> Value {
    json!({
        "user_id": format!("auth0|{number:04}"), "email": format!("{number}@example.org"), "email_verified": true,
        "created_at": "2025-02-02T17:56:01.566Z", "updated_at": "2025-02-03T17:56:01.566Z",
        "identities": [{"provider": "auth0", "user_id": format!("{number:04}")}]
    })
}

fn token(number: usize) -> Response {
    answer(200, json!({"access_token": format!("token-{number}"), "expires_in": 86400, "token_type": "Bearer"}))
}

/// A tenant that issues `token-0`, `token-1`, …, and answers the rest by a function that counts for itself.
async fn tenant(answers: impl Fn(usize, &Asked) -> Response + Send + Sync + 'static) -> Stub {
    let (answers, tokens): (Answers, _) = (Arc::new(answers), std::sync::atomic::AtomicUsize::new(0));
    Stub::start(move |before, asked| {
        let issued = &tokens;
        if asked.path == "/oauth/token" {
            return token(issued.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        }
        answers(before - issued.load(std::sync::atomic::Ordering::SeqCst), asked)
    })
    .await
}

fn client_at(stub: &Stub, page: u32, clock: Clock) -> Auth0 {
    client_within(stub, page, QUICK, clock)
}

fn client_within(stub: &Stub, page: u32, limits: Limits, clock: Clock) -> Auth0 {
    let settings = Auth0Settings {
        base: stub.base.clone(),
        audience: "https://canonical.eu.auth0.com/api/v2/".to_owned(),
        client_id: "id".to_owned(),
        client_secret: SecretText::new("canary"),
        page,
    };
    Auth0::with_limits(settings, limits, clock).unwrap()
}

/// When all this happens, by our clock.
fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).unwrap()
}

fn client(stub: &Stub) -> Auth0 {
    client_at(stub, 100, Clock::standing(now()))
}

/// The job of an export as it is told to whoever asked so; a completed one leads to `/file` of the same host.
fn job(status: &str, asked: &Asked) -> Value {
    let mut job = json!({
        "id": "job_1", "type": "users_export", "status": status, "created_at": "2027-01-15T07:00:00.000Z", "format": "json"
    });
    if status == "completed" {
        job["location"] = json!(format!("http://{}/file?signature=canary", asked.header("host")));
    }
    job
}
