//! The door: who may bring an event, what it takes, and that no passing fault is a 4xx.

use std::time::Duration;

use auth0_events_http::{App, Door};
use local::queue::Which;
use serde_json::json;
use shared::aws::{Secret, http_client};
use shared::clock::Clock;
use shared::config::{Aws, Env, QueueUrl};
use shared::http::finished;
use shared::queue::Queue;
use tests::auth0_events::{EVENTS_SECRET, EventWay, delivery, event, user};
use tests::doors::{Way, assert_problem};
use tests::sdk;
use tests::secrets_manager::{Mood, SecretsManager};
use tests::spine::at;

use super::now;

const NOW: i64 = 1_770_000_000_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn created() -> String {
    event("user.created", now(), &user("auth0|a", "Ada", "ada@example.com", now() - 9000, now() - 9000)).to_string()
}

/// A door alone, with these variables.
async fn router(env: Env) -> axum::Router {
    finished(auth0_events_http::routes(App::from_env(&env).unwrap().primed().await))
}

fn variables(url: &str) -> Env {
    Env::of([("AUTH0_EVENTS_SECRET", "one two"), ("AUTH0_EVENTS_QUEUE_URL", url), ("DYNAMODB_ENDPOINT", url)])
}

#[tokio::test]
async fn an_event_is_taken_by_every_way_and_the_path_ends_at_the_table() {
    let way = EventWay::start().await;
    for by in [Way::Http, Way::Text, Way::Base64] {
        let answer = delivery(EVENTS_SECRET, created()).over(by, &way.system).await;
        assert_eq!((answer.status, answer.body.len()), (202, 0), "{by:?}");
    }
    way.queues().settled().await;
    assert_eq!(way.spine.items(&way.spine.tables.users).await.len(), 1);
    assert_eq!(way.given_up(), 0);
}

#[tokio::test]
async fn what_is_no_event_of_ours_is_refused_and_nothing_is_queued() {
    let way = EventWay::start().await;
    let good = || delivery(EVENTS_SECRET, created());
    let large = format!("{{\"specversion\": \"{}\"}}", "x".repeat(256 * 1024));
    for (case, ask, status, code) in [
        ("no bearer", good().without("authorization"), 401, "unauthorized"),
        ("a wrong bearer", delivery("wrong", created()), 401, "unauthorized"),
        ("the Action's bearer", delivery("local-action-secret", created()), 401, "unauthorized"),
        ("no body", good().bodiless(), 400, "body_missing"),
        ("no JSON", delivery(EVENTS_SECRET, "{"), 400, "json_malformed"),
        ("a list", delivery(EVENTS_SECRET, "[]"), 400, "json_malformed"),
        ("a key twice", delivery(EVENTS_SECRET, r#"{"a": 1, "a": 2}"#), 400, "json_duplicate_key"),
        ("too large", delivery(EVENTS_SECRET, large), 413, "body_too_large"),
        ("GET", good().by("GET"), 405, "method_not_allowed"),
    ] {
        for by in ask.ways() {
            let answer = ask.over(by, &way.system).await;
            assert_problem(&answer, status, code, &format!("{case}, {by:?}"));
            assert_eq!(answer.header("allow"), (status == 405).then_some("POST"), "{case}");
        }
    }
    way.queues().settled().await;
    assert_eq!(way.given_up(), 0);
    assert!(way.spine.items(&way.spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn an_event_is_taken_whatever_kind_it_is_said_to_be_of() {
    let way = EventWay::start().await;
    for kind in ["application/cloudevents+json; charset=utf-8", "text/plain", "application/octet-stream", ""] {
        let ask = delivery(EVENTS_SECRET, created()).without("content-type").header("content-type", kind);
        for by in ask.ways() {
            assert_eq!(ask.over(by, &way.system).await.status, 202, "{kind:?}, {by:?}");
        }
    }
}

#[tokio::test]
async fn any_of_several_secrets_lets_in() {
    let way = EventWay::start().await;
    let env = variables(way.system.env.text("AUTH0_EVENTS_QUEUE_URL").unwrap());
    let router = router(env).await;
    for (secret, status) in [("one", 202), ("two", 202), ("one two", 401), ("", 401)] {
        assert_eq!(delivery(secret, created()).to(&router).await.status, status, "{secret}");
    }
}

#[tokio::test]
async fn a_queue_that_is_out_or_gone_is_a_503_and_never_a_4xx() {
    let way = EventWay::start().await;
    let elsewhere = format!("{}/000000000000/no-such-queue", way.system.lambda);
    for url in ["http://127.0.0.1:9/000000000000/auth0-events", &elsewhere] {
        let answer = delivery("one", created()).to(&router(variables(url)).await).await;
        assert_problem(&answer, 503, "unavailable", url);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}

#[tokio::test]
async fn without_any_of_its_variables_the_door_is_off() {
    let router = router(Env::of::<String, String>([])).await;
    assert_problem(&delivery("one", created()).to(&router).await, 404, "not_found", "off");
}

#[tokio::test]
async fn characters_that_no_message_may_hold_arrive_all_the_same() {
    let way = EventWay::start().await;
    let name = "A\u{fffe}d\u{ffff}a";
    let made = user("auth0|a", name, "ada@example.com", now() - 9000, now() - 9000);
    way.told(&event("user.created", now(), &made)).await;
    let row = way.spine.row(&tests::spine::auth0("auth0|a")).await.unwrap();
    assert_eq!(tests::spine::text(&row, "name"), Some(name));
}

#[tokio::test]
async fn its_secret_rotates_with_an_overlap_and_outlives_an_hour_without_secrets_manager() {
    let (way, manager, clock) = (EventWay::start().await, SecretsManager::start().await, Clock::standing(at(NOW)));
    let env = &way.system.env;
    let aws = Aws::from_env(env).unwrap();
    let url = QueueUrl::from_env(env, "AUTH0_EVENTS_QUEUE_URL").unwrap();
    let client = sdk::secrets_manager(&manager.url(), sdk::plain_http());
    let secret = Secret::managed(client, "spine/events".to_owned(), Duration::from_secs(3600), clock.clone());
    let queue = Queue::open(&url, &aws, http_client(&aws), Duration::from_secs(4));
    let router = finished(auth0_events_http::routes(App { door: Some(Door { secret, queue }), clock: clock.clone() }));
    let statuses = async || {
        let mut statuses = Vec::new();
        for secret in ["one", "two", "three"] {
            statuses.push(delivery(secret, created()).to(&router).await.status);
        }
        statuses
    };
    let rotate = |value, millis: i64| manager.rotate("spine/events", value, millis.try_into().unwrap());
    rotate("one", NOW - 9 * HOUR);
    assert_eq!(statuses().await, [202, 401, 401]);
    rotate("two", NOW + MINUTE);
    clock.set(at(NOW + MINUTE));
    assert_eq!(statuses().await, [202, 202, 401]);
    manager.set_mood(Mood::Failing);
    // An unknown bearer may be one that was put since, and a refusal would lose its event.
    for (time, expected) in [(2 * MINUTE, [202, 202, 503]), (HOUR, [202, 202, 503]), (HOUR + MINUTE, [503, 503, 503])] {
        clock.set(at(NOW + time));
        assert_eq!(statuses().await, expected, "{time}");
    }
    manager.set_mood(Mood::Well);
    assert_eq!(statuses().await, [401, 202, 401]);
}

#[tokio::test]
async fn the_binary_starts_without_a_queue_and_finds_it_later() {
    let way = EventWay::start().await;
    let url = way.system.env.text("AUTH0_EVENTS_QUEUE_URL").unwrap();
    let variables = crate::kit::variables("auth0-events-http");
    let lambda = crate::kit::start("auth0-events-http", &variables).await;
    lambda.wait_ready().await.unwrap();
    let ask = |secret: &str| delivery(secret, created()).event(Way::Text);
    let answer = tests::api_gateway::GatewayAnswer::read(&lambda.invoke(ask(EVENTS_SECRET)).await.unwrap());
    assert_problem(&answer, 503, "unavailable", "nothing listens there");
    let found = crate::kit::with(variables, &[("AUTH0_EVENTS_QUEUE_URL", url)]);
    let lambda = crate::kit::start("auth0-events-http", &found).await;
    let answer = tests::api_gateway::GatewayAnswer::read(&lambda.invoke(ask(EVENTS_SECRET)).await.unwrap());
    assert_eq!(answer.status, 202);
    assert_eq!(way.queues().count(Which::DeadLetters).waiting, 0);
    let unreadable = lambda.invoke(json!({"Records": []})).await;
    assert!(unreadable.is_err(), "the door takes events of API Gateway");
}
