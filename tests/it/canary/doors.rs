//! The binaries of the two doors.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::Identity;
use tests::api_gateway::GatewayRequest;
use tests::relay::Relay;
use tests::runtime_api::Lambda;
use tests::spine::{Spine, auth0, clerk};
use tests::web::svix_headers;

use super::songs::{
    ACTION_SECRET, OLD_ACTION_SECRET, SUBJECT, WEBHOOK_SECRET, WRONG_SECRET, auth0_user, broken, canaries, clerk_user,
    engine_faults,
};
use crate::kit;

fn login(secret: &str, body: impl Into<String>) -> Value {
    let request = GatewayRequest::new("POST", "/auth0/upsert-user?q=canary-query");
    let request = request.header("authorization", &format!("Bearer {secret}")).header("x-canary", "canary-header");
    request.header("content-type", "application/json").text(body).build()
}

fn patch() -> Value {
    json!({"tokenIdentifier": format!("https://your-tenant.auth0.com/|auth0|{SUBJECT}"), "email": "canary@mail.example",
        "name": "canary-name", "avatarUrl": "https://canary.example/picture", "canary-unknown": "canary-unknown"})
}

fn with(field: &str, value: Value) -> String {
    let mut body = patch();
    body[field] = value;
    body.to_string()
}

/// Good ones first.
fn login_bodies() -> Vec<String> {
    let whole = with("user", auth0_user());
    let mut bodies = vec![patch().to_string(), whole.clone(), patch().to_string(), whole];
    bodies.extend(broken(&patch()).iter().map(Value::to_string));
    bodies.extend(broken(&auth0_user()).into_iter().map(|user| with("user", user)));
    for wrong in ["canary-subject-x", "https://canary.example/|auth0|canary-subject-x", "canary-token|a|b|c|d|e"] {
        bodies.push(with("tokenIdentifier", wrong.into()));
    }
    bodies.push(patch().to_string().replace('}', ""));
    bodies.push("canary-page".to_owned());
    bodies.push(r#"{"email":"canary@mail.example","email":"canary@mail.example"}"#.to_owned());
    bodies.push(format!("{{\"canary-unknown\":{}\"canary-name\"", "[".repeat(300)));
    bodies
}

fn logins() -> Vec<Value> {
    let mut events: Vec<Value> = login_bodies().into_iter().map(|body| login(ACTION_SECRET, body)).collect();
    events.push(login(OLD_ACTION_SECRET, patch().to_string()));
    events.push(login(WRONG_SECRET, patch().to_string()));
    let method = GatewayRequest::new("DELETE", "/auth0/upsert-user/canary-query").header("x-canary", "canary-header");
    events.push(method.json(&patch()).build());
    let kind = GatewayRequest::new("POST", "/auth0/upsert-user").header("content-type", "text/canary-header");
    events.push(kind.header("authorization", &format!("Bearer {ACTION_SECRET}")).text("canary-page").build());
    events.push(json!({"canary-unknown": "canary-name"}));
    events.push(json!("canary-name"));
    events
}

fn delivery(secret: &str, body: &str) -> Value {
    let headers = svix_headers(secret, "msg_canary-header", Clock::system().now().seconds(), body);
    let request = GatewayRequest::new("POST", "/clerk/webhook?q=canary-query").header("x-canary", "canary-header");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.header("content-type", "application/json").text(body).build()
}

fn envelope(kind: &str, data: Value) -> Value {
    json!({"type": kind, "object": "event", "timestamp": Clock::system().now().millis(), "instance_id": "ins_local",
        "data": data, "event_attributes": {"http_request": {"client_ip": "canary-unknown"}}})
}

/// Good ones first.
fn deliveries() -> Vec<Value> {
    let whole = envelope("user.created", clerk_user());
    let mut bodies = vec![whole.to_string(), envelope("user.updated", clerk_user()).to_string()];
    bodies.extend(broken(&whole).iter().map(Value::to_string));
    bodies.extend(broken(&clerk_user()).into_iter().map(|user| envelope("user.updated", user).to_string()));
    bodies.push(envelope("canary-unknown", clerk_user()).to_string());
    bodies.push(whole.to_string().replace('}', ""));
    bodies.push("canary-page".to_owned());
    bodies.push(envelope("user.deleted", json!({"id": format!("user_{SUBJECT}"), "x": "canary-name"})).to_string());
    let mut events: Vec<Value> = bodies.iter().map(|body| delivery(WEBHOOK_SECRET, body)).collect();
    events.push(delivery("whsec_d3Jvbmcta2V5LXdyb25nLWtleQ==", &whole.to_string()));
    let unsigned = GatewayRequest::new("POST", "/clerk/webhook").header("svix-signature", "v1,canary-token");
    let unsigned = unsigned.header("svix-id", "canary-header").header("svix-timestamp", "canary-name");
    events.push(unsigned.json(&whole).build());
    events.push(json!({"canary-unknown": "canary-name"}));
    events
}

fn events(function: &str) -> Vec<Value> {
    match function {
        "auth0-upsert" => logins(),
        "users-api" => super::users_api::requests(),
        _ => deliveries(),
    }
}

pub(super) async fn start(spine: &Spine, function: &str, engine: &str) -> Lambda {
    let changes = [
        ("DYNAMODB_ENDPOINT", engine),
        ("USERS_TABLE", &spine.tables.users),
        ("CLAIMS_TABLE", &spine.tables.claims),
        ("AUTH0_ACTION_SECRET", ACTION_SECRET),
        ("AUTH0_ACTION_SECRET_PREVIOUS", OLD_ACTION_SECRET),
        ("CLERK_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("SERVICE_TOKENS", super::users_api::service_tokens()),
    ];
    kit::start(function, &kit::with(kit::variables(function), &changes)).await
}

/// Sends all of it; neither what is answered nor what is written says a canary.
pub(super) async fn assert_silent(lambda: Lambda, events: Vec<Value>) {
    let mut said = Vec::new();
    for event in events {
        match lambda.invoke(event).await {
            Ok(answer) => said.push(answer.to_string()),
            Err(error) => said.push(format!("{error:?}")),
        }
    }
    lambda.kill().await;
    assert!(!lambda.logs().is_empty(), "there is something to look at");
    canaries().assert_silent(said.into_iter().chain(lambda.logs()));
}

#[tokio::test]
async fn a_login_says_nothing_of_its_values_whatever_is_wrong_with_it() {
    let spine = Spine::fresh().await;
    let lambda = start(&spine, "auth0-upsert", &spine.endpoint).await;
    assert_silent(lambda, logins()).await;
    assert!(spine.row(&auth0(&format!("auth0|{SUBJECT}"))).await.is_some());
}

#[tokio::test]
async fn a_webhook_says_nothing_of_its_values_whatever_is_wrong_with_it() {
    let spine = Spine::fresh().await;
    let lambda = start(&spine, "clerk-webhook", &spine.endpoint).await;
    assert_silent(lambda, deliveries()).await;
    assert!(spine.row(&clerk(&format!("user_{SUBJECT}"))).await.is_some());
}

#[tokio::test]
async fn a_database_that_fails_and_quotes_what_it_was_sent_is_not_quoted() {
    let spine = Spine::fresh().await;
    for function in ["auth0-upsert", "clerk-webhook", "users-api"] {
        for fault in engine_faults() {
            let relay = Relay::to(&spine.endpoint, move |_, _| Some(fault())).await;
            let lambda = start(&spine, function, &relay.url()).await;
            assert_silent(lambda, events(function).into_iter().take(2).collect()).await;
            assert!(relay.counts().contains_key("UpdateItem"));
        }
        let lambda = start(&spine, function, "http://canary-engine.invalid:9").await;
        assert_silent(lambda, events(function).into_iter().take(1).collect()).await;
    }
}

#[tokio::test]
async fn a_row_that_these_rules_did_not_write_is_named_by_its_id_alone() {
    let spine = Spine::fresh().await;
    let rows =
        [("auth0-upsert", auth0(&format!("auth0|{SUBJECT}"))), ("clerk-webhook", clerk(&format!("user_{SUBJECT}")))];
    for (function, identity) in rows {
        put_nonsense(&spine, &identity).await;
        let lambda = start(&spine, function, &spine.endpoint).await;
        assert_silent(lambda, events(function).into_iter().take(4).collect()).await;
    }
}

pub(super) async fn put_nonsense(spine: &Spine, identity: &Identity) {
    let s = |text: &str| AttributeValue::S(text.to_owned());
    let put = spine.client().put_item().table_name(&spine.tables.users);
    let put = put.item("user_id", s(identity.user_id().as_str())).item("auth_provider", s("canary-name"));
    let put = put.item("auth_subject", s(SUBJECT)).item("profile_version", s("canary-name"));
    put.item("email", s("canary@mail.example")).item("created_at", s("canary-name")).send().await.unwrap();
}
