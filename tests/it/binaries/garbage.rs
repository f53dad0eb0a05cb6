//! No payload ends a process, and none makes it panic.

use serde_json::{Value, json};
use tests::api_gateway::{GatewayAnswer, GatewayRequest};
use tests::runtime_api::Lambda;
use tests::spine::Spine;

use crate::kit;

/// Payloads that nobody sends on purpose.
fn garbage() -> Vec<Value> {
    let deep = (0..100).fold(json!(null), |inner, _| json!([inner]));
    let mut payloads = vec![
        json!(null),
        json!(true),
        json!(-1.5e300),
        json!(""),
        json!("{\"source\":\"clerk\"}"),
        json!([]),
        json!([1, {"a": []}]),
        json!({}),
        json!({"version": "2.0"}),
        json!({"version": 2, "headers": [], "requestContext": "x", "body": {}}),
        json!({"source": {"source": "clerk"}, "mode": ["check"]}),
        json!({"source": "clerk", "mode": "check", "deleteOrphans": 1}),
        json!({"Records": [{"eventSource": "aws:sqs", "body": "\u{0}"}]}),
        deep,
    ];
    let whole = GatewayRequest::new("POST", "/auth0/upsert-user").header("authorization", "x").text("{}").build();
    for field in whole.as_object().unwrap().keys() {
        for value in [json!(null), json!(7), json!([]), json!({"a": 1}), json!("\u{fffd}\u{0}")] {
            let mut broken = whole.clone();
            broken[field.as_str()] = value;
            payloads.push(broken);
        }
        let mut lacking = whole.clone();
        lacking.as_object_mut().unwrap().remove(field);
        payloads.push(lacking);
    }
    payloads
}

async fn assert_unmoved(lambda: &Lambda, function: &str) {
    let pid = lambda.pid();
    for payload in garbage() {
        // Whatever it says, it is the function that says it.
        if let Err(error) = lambda.invoke(payload.clone()).await {
            assert!(!error.error_type.starts_with("Runtime.Exit"), "{function}: {payload}: {error:?}");
            assert!(!error.error_type.starts_with("Sandbox"), "{function}: {payload}: {error:?}");
        }
    }
    assert_eq!(lambda.pid(), pid);
}

/// The runtime's HTTP adapter panics over some events that no gateway sends, and answers with an error: that is its
/// own. No line of ours may panic.
fn assert_no_panic(lambda: &Lambda, function: &str) {
    let ours = |line: &String| line.contains("panicked at") && !line.contains("/lambda_http-");
    let panics: Vec<String> = lambda.logs().into_iter().filter(ours).collect();
    assert!(panics.is_empty(), "{function}: {panics:?}");
}

#[tokio::test]
async fn a_door_answers_after_any_payload_and_writes_none_of_it() {
    let spine = Spine::fresh().await;
    for function in ["auth0-upsert", "clerk-webhook", "users-api"] {
        let changes = [("DYNAMODB_ENDPOINT", spine.endpoint.as_str()), ("USERS_TABLE", &spine.tables.users)];
        let lambda = kit::start(function, &kit::with(kit::variables(function), &changes)).await;
        let before = spine.items(&spine.tables.users).await.len();
        assert_unmoved(&lambda, function).await;
        assert_eq!(spine.items(&spine.tables.users).await.len(), before, "{function}");
        let answer = GatewayAnswer::read(&lambda.invoke(kit::good_request(function)).await.unwrap());
        assert_eq!(answer.status, 200, "{}", answer.text());
        lambda.kill().await;
        assert_no_panic(&lambda, function);
    }
}

#[tokio::test]
async fn the_consumer_of_events_answers_after_any_payload() {
    let spine = Spine::fresh().await;
    let changes = [("DYNAMODB_ENDPOINT", spine.endpoint.as_str()), ("USERS_TABLE", &spine.tables.users)];
    let lambda = kit::start("auth0-events", &kit::with(kit::variables("auth0-events"), &changes)).await;
    assert_unmoved(&lambda, "auth0-events").await;
    let answer = lambda.invoke(json!({"Records": [{"messageId": "1", "body": "{"}]})).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "1"}]}));
    lambda.kill().await;
    assert_no_panic(&lambda, "auth0-events");
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn the_reconcile_refuses_any_payload_by_its_code_and_runs_the_next_one() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let clerk = &system.clerk.as_ref().unwrap().1;
    let tables = &spine.tables;
    let changes = [
        ("DYNAMODB_ENDPOINT", spine.endpoint.as_str()),
        ("CLERK_API_URL", clerk),
        ("USERS_TABLE", &tables.users),
        ("SYNC_RUNS_TABLE", &tables.sync_runs),
    ];
    let lambda = kit::start("reconcile", &kit::with(kit::variables("reconcile"), &changes)).await;
    for payload in garbage() {
        let error = lambda.invoke(payload.clone()).await.unwrap_err();
        assert_eq!(error.error_type, "request_invalid", "{payload}");
    }
    let answer = lambda.invoke(json!({"source": "clerk", "mode": "apply"})).await.unwrap();
    assert_eq!(answer["inStep"], true);
    lambda.kill().await;
    assert_no_panic(&lambda, "reconcile");
    assert_eq!(spine.items(&tables.sync_runs).await.len(), 1);
}

#[tokio::test]
async fn an_invoked_function_refuses_any_payload_by_its_code_and_answers_the_next_one() {
    let refusals = ["operation_unknown", "field_missing", "field_invalid", "json_malformed", "request_invalid"];
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let stripe = &system.stripe.as_ref().unwrap().1;
    let somebody = "usr_tlrofji4bfbyd37m4eyy3a6ius";
    let good = [
        ("users-internal", json!({"operation": "getUserById", "userId": somebody}), "null"),
        (
            "users-admin",
            json!({"operation": "erase", "userId": somebody, "actor": "ada", "reason": "garbage"}),
            "user_unknown",
        ),
        ("stripe-reconcile", json!({"mode": "check"}), "finished"),
    ];
    for (function, payload, end) in good {
        let (tables, mut changes) = (&spine.tables, vec![("DYNAMODB_ENDPOINT", spine.endpoint.as_str())]);
        changes.extend([("USERS_TABLE", tables.users.as_str()), ("CLAIMS_TABLE", &tables.claims)]);
        changes.push(("SYNC_RUNS_TABLE", &tables.sync_runs));
        if function != "users-admin" {
            changes.push(("STRIPE_API_URL", stripe));
        }
        let lambda = kit::start(function, &kit::with(kit::variables(function), &changes)).await;
        // The one that has a mode is all that stripe-reconcile wants.
        for payload in garbage().into_iter().filter(|payload| payload["mode"] != "check") {
            let error = lambda.invoke(payload.clone()).await.unwrap_err();
            assert!(refusals.contains(&error.error_type.as_str()), "{function}: {payload}: {error:?}");
        }
        let answer = lambda.invoke(payload).await;
        let answer = answer.map_or_else(|error| error.error_type, |answer| answer.to_string());
        assert!(answer.contains(end), "{function}: {answer}");
        lambda.kill().await;
        assert_no_panic(&lambda, function);
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}
