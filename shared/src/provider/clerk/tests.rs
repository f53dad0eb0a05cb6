//! A small instance, and instances that misbehave.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

mod instance;
mod listing;
mod many;
mod reading;
mod windows;

use std::collections::BTreeMap;

use axum::response::Response;
use futures_util::stream::TryStreamExt;
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

fn refusal(status: u16, code: &str) -> Response {
    answer(status, json!({"errors": [{"message": "…", "long_message": "canary", "code": code}]}))
}

fn client(stub: &Stub, page: u32) -> Clerk {
    let secret_key = SecretText::new("sk_test_canary");
    let settings =
        ClerkSettings { base: stub.base.clone(), secret_key, instance_id: Some("ins_ours".to_owned()), page };
    Clerk::with_limits(settings, QUICK, Clock::standing(Timestamp::from_millis(1_800_000_000_000).unwrap())).unwrap()
}

/// A listing of however few users, by one window without bounds.
fn few() -> Ready {
    Ready { as_of: Timestamp::ZERO, expected: None, by: By::Pages }
}

async fn ready(clerk: &Clerk) -> Ready {
    let Readiness::Ready(ready) = clerk.prepare(Way::Shortest).await.unwrap() else { unreachable!("by pages") };
    ready
}

/// `GET /v1/users` and `GET /v1/users/count` of an instance with these users, who are in order.
fn served(users: &[Value], asked: &Asked) -> Response {
    let moment = |name, or| asked.param(name).map_or(or, |text| text.parse::<i64>().unwrap());
    let (after, before) = (moment("created_at_after", -1), moment("created_at_before", i64::MAX));
    let is_meant = |user: &&Value| (after + 1..before).contains(&user["created_at"].as_i64().unwrap());
    let mut meant: Box<dyn DoubleEndedIterator<Item = &Value>> = Box::new(users.iter().filter(is_meant));
    if asked.path == "/v1/users/count" {
        return answer(200, json!({"object": "total_count", "total_count": meant.count()}));
    }
    if asked.param("order_by").as_deref() == Some("-created_at") {
        meant = Box::new(meant.rev());
    }
    if let Some(cursor) = asked.param("starting_after") {
        let Some(last) = users.iter().find(|user| user["id"] == cursor.as_str()) else {
            return refusal(422, "form_param_value_invalid");
        };
        assert!(is_meant(&last), "a cursor of another window");
        meant.find(|user| user["id"] == cursor.as_str());
    }
    answer(200, meant.take(asked.number("limit", 10)).cloned().collect())
}

/// How often each user is named.
fn named(pages: &[Page]) -> BTreeMap<&str, u32> {
    let mut named = BTreeMap::new();
    for user in pages.iter().flat_map(|page| &page.users) {
        *named.entry(user.identity.subject()).or_default() += 1;
    }
    named
}
