//! A small instance, and instances that misbehave.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

mod listing;
mod reading;

use serde_json::{Value, json};

use super::*;
use crate::clock::Timestamp;
use crate::provider::testing::{Asked, QUICK, Stub, json as answer};

const START: i64 = 1_654_012_591_000;

/// Three users share each moment.
fn user(number: usize) -> Value {
    let created_at = START + i64::try_from(number / 3).unwrap();
    json!({"object": "user", "id": format!("user_{number:04}"), "created_at": created_at, "updated_at": created_at + 5})
}

fn refusal(status: u16, code: &str) -> axum::response::Response {
    answer(status, json!({"errors": [{"message": "…", "long_message": "canary", "code": code}]}))
}

fn client(stub: &Stub, page: u32) -> Clerk {
    let settings = ClerkSettings { base: stub.base.clone(), secret_key: SecretText::new("sk_test_canary"), page };
    Clerk::with_limits(settings, QUICK, Clock::standing(Timestamp::from_millis(1_800_000_000_000).unwrap())).unwrap()
}
