//! What no honest sender sends: each door says so in a problem with a stable code, and nothing is written.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod clerk;
mod json;
mod login;

use local::system::System;
use serde_json::Value;
use tests::doors::{Ask, Way, assert_problem};
use tests::spine::Spine;

/// A request that must be refused, with what the refusal says.
struct Bad {
    case: String,
    ask: Ask,
    status: u16,
    code: &'static str,
}

impl Bad {
    fn new(case: impl Into<String>, ask: Ask, status: u16, code: &'static str) -> Self {
        Self { case: case.into(), ask, status, code }
    }
}

/// Sends each by each way it can take, and looks at the answer; then at the table, which must be empty.
async fn all_refused(spine: &Spine, system: &System, all: Vec<Bad>) {
    for Bad { case, ask, status, code } in all {
        for way in ask.ways() {
            let answer = ask.over(way, system).await;
            assert_problem(&answer, status, code, &format!("{case}, {way:?}"));
            let allowed = (status == 405).then_some("POST");
            assert_eq!(answer.header("allow"), allowed, "{case}, {way:?}");
        }
    }
    assert_empty(spine).await;
}

async fn assert_empty(spine: &Spine) {
    let written = spine.items(&spine.tables.users).await;
    assert!(written.is_empty(), "{written:?}");
}

/// Sends one by each way it can take; each must succeed.
async fn all_accepted(system: &System, case: &str, ask: &Ask) {
    for way in ask.ways() {
        let answer = ask.over(way, system).await;
        assert_eq!(answer.status, 200, "{case}, {way:?}: {}", answer.text());
    }
}

/// `object` with `field` set to `value`, or without it.
fn with(object: &Value, field: &str, value: Option<Value>) -> Value {
    let mut changed = object.clone();
    let fields = changed.as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(field.to_owned(), value),
        None => fields.remove(field),
    };
    changed
}

#[tokio::test]
async fn invalid_base64_in_an_event_fails_the_invocation_and_the_next_one_succeeds() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    for good in [login::good(), clerk::good(&clerk::event())] {
        let mut event = good.event(Way::Base64);
        event["body"] = "%%%".into();
        let function = if event["rawPath"] == "/clerk/webhook" { "clerk-webhook" } else { "auth0-upsert" };
        let (error, payload) = tests::doors::invoke(&system, function, &event).await;
        assert!(error.is_some() && payload["errorType"].is_string(), "{error:?} {payload}");
        assert_empty(&spine).await;
    }
    for good in [login::good(), clerk::good(&clerk::event())] {
        all_accepted(&system, "a good request after a bad event", &good).await;
    }
    assert_eq!(spine.items(&spine.tables.users).await.len(), 2);
}

#[tokio::test]
async fn a_payload_that_is_no_event_fails_the_invocation() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    for payload in [Value::Null, 5.into(), "text".into(), serde_json::json!({}), serde_json::json!({"body": 5})] {
        for function in ["auth0-upsert", "clerk-webhook"] {
            let (error, answer) = tests::doors::invoke(&system, function, &payload).await;
            assert!(error.is_some() && answer["errorType"].is_string(), "{payload}: {answer}");
        }
    }
    assert_empty(&spine).await;
}
