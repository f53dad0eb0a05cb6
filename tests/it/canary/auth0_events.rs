//! The binaries that take Auth0's events: the door and the consumer.

use serde_json::{Value, json};
use shared::clock::Clock;
use tests::api_gateway::GatewayRequest;
use tests::relay::Relay;
use tests::spine::{Spine, auth0};

use super::doors::{assert_silent, put_nonsense};
use super::songs::{EVENTS_SECRET, SUBJECT, WRONG_SECRET, auth0_user, broken, engine_faults};
use crate::kit;

fn envelope(kind: &str, user: Value) -> Value {
    json!({"specversion": "1.0", "type": kind, "time": Clock::system().now().to_rfc3339(), "a0tenant": "your-tenant",
        "source": "canary-unknown", "id": "canary-unknown", "data": {"object": user, "context": {"ip": "canary-phone"}}})
}

/// Good ones first.
fn bodies() -> Vec<String> {
    let whole = envelope("user.created", auth0_user());
    let mut bodies = vec![whole.to_string(), json!({"detail": {"canary-unknown": whole}}).to_string()];
    bodies.extend(broken(&auth0_user()).into_iter().map(|user| envelope("user.updated", user).to_string()));
    bodies.extend(broken(&whole).iter().map(Value::to_string));
    bodies.push(envelope("canary-name", auth0_user()).to_string());
    bodies.push(envelope("user.deleted", json!({"user_id": SUBJECT, "deleted_at": "canary-name"})).to_string());
    bodies.push("canary-page".to_owned());
    bodies.push(r#"{"canary-name":"canary-page","canary-name":1}"#.to_owned());
    bodies
}

fn batch(bodies: &[String]) -> Value {
    let record = |(place, body): (usize, &String)| json!({"messageId": place.to_string(), "body": body});
    json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()})
}

fn consumer(spine: &Spine, engine: &str) -> Vec<(&'static str, String)> {
    let changes =
        [("DYNAMODB_ENDPOINT", engine), ("USERS_TABLE", &spine.tables.users), ("CLAIMS_TABLE", &spine.tables.claims)];
    kit::with(kit::variables("auth0-events"), &changes)
}

#[tokio::test]
async fn an_event_says_nothing_of_its_values_whatever_is_wrong_with_it() {
    let spine = Spine::fresh().await;
    let lambda = kit::start("auth0-events", &consumer(&spine, &spine.endpoint)).await;
    let odd = [json!("canary-name"), json!({"Records": "canary-name"}), json!({"Records": [{"body": "canary-page"}]})];
    let batches = [batch(&bodies())].into_iter().chain(bodies().into_iter().map(|body| batch(&[body])));
    assert_silent(lambda, batches.chain(odd).collect()).await;
    assert!(spine.row(&auth0(&format!("auth0|{SUBJECT}"))).await.is_some());
}

#[tokio::test]
async fn a_consumer_quotes_neither_a_database_that_quotes_nor_a_row_that_cannot_be_read() {
    let spine = Spine::fresh().await;
    for fault in engine_faults() {
        let relay = Relay::to(&spine.endpoint, move |_, _| Some(fault())).await;
        let lambda = kit::start("auth0-events", &consumer(&spine, &relay.url())).await;
        assert_silent(lambda, vec![batch(&bodies()[..2])]).await;
        assert!(relay.counts().contains_key("UpdateItem"));
    }
    put_nonsense(&spine, &auth0(&format!("auth0|{SUBJECT}"))).await;
    let lambda = kit::start("auth0-events", &consumer(&spine, &spine.endpoint)).await;
    assert_silent(lambda, vec![batch(&bodies()[..2])]).await;
}

#[tokio::test]
async fn the_door_says_nothing_of_what_it_is_brought_and_quotes_no_queue_that_quotes() {
    let ask = |secret: &str, body: &str| {
        let request = GatewayRequest::new("POST", "/auth0/events?q=canary-query").header("x-canary", "canary-header");
        let request = request.header("authorization", &format!("Bearer {secret}"));
        request.header("content-type", "application/json").text(body).build()
    };
    for fault in engine_faults() {
        let relay = Relay::to("http://127.0.0.1:9", move |_, _| Some(fault())).await;
        let url = format!("{}/0/canary-unknown", relay.url());
        let changes = [("AUTH0_EVENTS_SECRET", EVENTS_SECRET), ("AUTH0_EVENTS_QUEUE_URL", &url)];
        let lambda = kit::start("auth0-events-http", &kit::with(kit::variables("auth0-events-http"), &changes)).await;
        let mut events: Vec<Value> = bodies().iter().skip(1).step_by(9).map(|body| ask(EVENTS_SECRET, body)).collect();
        events.extend([ask(WRONG_SECRET, &bodies()[0]), json!({"canary-unknown": "canary-name"})]);
        assert_silent(lambda, events).await;
        assert!(relay.counts().contains_key("SendMessage"));
    }
}
