//! `spine redrive`: what the queue gave up comes back, and is applied once its cause is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use local::queue::Which;
use local::system::{Options, System};
use serde_json::{Value, json};
use shared::aws;
use shared::clock::Clock;
use shared::config::Aws;
use tests::auth0_events::{EVENTS_SECRET, delivery, event, user};
use tests::doors::Way;
use tests::relay::Relay;
use tests::spine::{Spine, auth0};

use super::operator::Operator;

/// A database that refuses each write while `away`, and what the system does over it.
async fn over_a_database(away: &Arc<AtomicBool>) -> (Operator, Relay) {
    let (spine, away) = (Spine::fresh().await, Arc::clone(away));
    let relay = Relay::to(&spine.endpoint, move |operation, _| {
        let denied = operation == "UpdateItem" && away.load(Ordering::SeqCst);
        denied.then(|| (StatusCode::BAD_REQUEST, r#"{"__type": "AccessDeniedException"}"#).into_response())
    });
    let relay = relay.await;
    let env = spine.env().with("DYNAMODB_ENDPOINT", relay.url());
    let system = System::start(Options::for_test(env)).await.unwrap();
    (Operator::over(spine, system), relay)
}

async fn deliver(operator: &Operator, event: &Value) {
    let answer = delivery(EVENTS_SECRET, event.to_string()).over(Way::Http, &operator.system).await;
    assert_eq!(answer.status, 202);
    operator.system.queues.settled().await;
}

#[tokio::test]
async fn what_was_given_up_comes_back_is_applied_and_poison_is_given_up_again() {
    let away = Arc::new(AtomicBool::new(true));
    let (operator, _relay) = over_a_database(&away).await;
    let told = operator.spine("redrive --yes").await;
    assert_eq!((told.code, told.out.as_str()), (0, "nothing was given up\n"), "{told:?}");

    let now = Clock::system().now().millis();
    let ada = user("auth0|a", "Ada", "a@example.com", now - 9000, now - 9000);
    deliver(&operator, &event("user.created", now, &ada)).await;
    deliver(&operator, &json!({"poison": true})).await;
    assert_eq!(operator.system.queues.count(Which::DeadLetters).waiting, 2);
    away.store(false, Ordering::SeqCst);

    let told = operator.spine("redrive").await;
    assert_eq!((told.code, told.out.as_str()), (1, "nothing was moved\n"), "{told:?}");
    assert!(told.has(&["2 given up", "0 waiting"]) && told.has(&["nobody to ask", "--yes"]), "{told:?}");
    assert_eq!(operator.system.queues.count(Which::DeadLetters).waiting, 2);

    let told = operator.spine("redrive --yes --json").await;
    assert_eq!((told.code, told.last()), (0, json!({"givenUp": 2, "moved": 2})), "{told:?}");
    operator.system.queues.settled().await;
    assert!(operator.spine.row(&auth0("auth0|a")).await.is_some());
    assert_eq!(operator.system.queues.count(Which::DeadLetters).waiting, 1, "what cannot be read");
    let told = operator.spine("doctor").await;
    assert!(told.has(&["warn", "Auth0 events", "1 given up", "spine redrive"]), "{told:?}");
}

#[tokio::test]
async fn what_somebody_looks_at_is_not_taken_for_nothing() {
    let operator = Operator::start().await;
    operator.system.queues.send(Which::DeadLetters, "{}");
    let env = &operator.system.env;
    let (aws, url) = (Aws::from_env(env).unwrap(), env.text("AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL").unwrap());
    let client = aws::sqs(&aws, aws::http_client(&aws), Duration::from_secs(4), &operator.system.lambda);
    let received = client.receive_message().queue_url(url).visibility_timeout(600).send().await.unwrap();
    assert_eq!(received.messages().len(), 1);
    let told = operator.spine("redrive --yes").await;
    assert!(told.code == 1 && told.out.starts_with("1 are held by somebody"), "{told:?}");
}

#[tokio::test]
async fn without_its_queues_it_ends_with_1_and_names_the_variable() {
    let operator = Operator::start().await;
    for (name, value) in [("AUTH0_EVENTS_QUEUE_URL", "canary"), ("AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL", "canary")] {
        let operator = Operator::start().await.with(name, value);
        let told = operator.spine("redrive --yes").await;
        assert!(told.code == 1 && told.err.contains(name) && !told.err.contains("canary"), "{told:?}");
    }
    let operator = operator.with("AUTH0_EVENTS_QUEUE_URL", "http://127.0.0.1:9/0/auth0-events");
    let told = operator.spine("redrive --yes").await;
    assert!(told.code == 1 && told.err.contains("GetQueueAttributes is unavailable: out of reach"), "{told:?}");
}
