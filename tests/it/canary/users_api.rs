//! The binary of the users API: services and users with canaries in all that they send.
//!
//! Its answers do tell of users, to those who may ask: only what is written is looked at, and what strangers are told.

use serde_json::{Value, json};
use tests::api_gateway::GatewayRequest;
use tests::spine::{Spine, auth0};
use tests::users_api::{UsersApi, service_token, service_tokens as tokens};

use super::doors::{assert_silent, start};
use super::songs::{SUBJECT, WRONG_SECRET, broken, canaries};
use crate::kit;

/// The list of tokens that the other tests use; a token is a canary too.
pub(super) fn service_tokens() -> &'static str {
    tokens()
}

fn ask(method: &str, path: &str, token: &str) -> GatewayRequest {
    GatewayRequest::new(method, path)
        .header("authorization", &format!("Bearer {token}"))
        .header("x-canary", "canary-header")
}

fn upsert() -> Value {
    json!({"authProvider": "auth0", "authSubject": format!("auth0|{SUBJECT}"), "email": "canary@mail.example",
        "name": "canary-name", "firstName": "canary-given", "lastName": "canary-family", "nickname": "canary-nick",
        "username": "canary-user-name", "avatarUrl": "https://canary.example/picture", "canary-unknown": "canary-unknown"})
}

/// Writes first; none of their answers tells of a user.
pub(super) fn requests() -> Vec<Value> {
    let all = service_token("all");
    let put = |body: &Value| ask("PUT", "/v1/users?q=canary-query", &all).json(body).build();
    let mut events = vec![put(&upsert()), put(&json!({"authProvider": "canary-nick", "authSubject": SUBJECT}))];
    events.extend(broken(&upsert()).iter().map(put));
    for token in [WRONG_SECRET, "canary-token", &service_token("ended"), &service_token("reader")] {
        events.push(ask("PUT", "/v1/users", token).json(&upsert()).build());
        events.push(ask("GET", "/v1/me?q=canary-query", token).build());
        events.push(ask("PUT", "/v1/me", token).build());
    }
    for query in [
        "canary-unknown=canary-query",
        "email=canary@mail.example&clerkUserId=canary-name",
        "email=a&cursor=canary-token",
        "tokenIdentifier=https://canary.example/%7Ccanary-subject-x",
        "authProvider=canary-nick",
    ] {
        events.push(ask("GET", &format!("/v1/users?{query}"), &all).build());
    }
    events.push(ask("GET", "/v1/users/canary-name", &all).build());
    events.push(ask("POST", "/v1/users/lookup", &all).text("{canary-page").build());
    events.push(ask("DELETE", "/v1/canary-query", &all).build());
    events.push(json!({"canary-unknown": "canary-name"}));
    events
}

/// Requests whose answers tell of the user.
fn tellings() -> Vec<Value> {
    let all = service_token("all");
    let id = auth0(&format!("auth0|{SUBJECT}")).user_id();
    let body = json!({"email": "canary@mail.example"});
    vec![
        ask("GET", &format!("/v1/users/{id}"), &all).build(),
        ask("GET", "/v1/users?email=canary%40mail.example", &all).build(),
        ask("GET", &format!("/v1/users?authProvider=auth0&authSubject=auth0%7C{SUBJECT}"), &all).build(),
        ask("POST", "/v1/users/lookup", &all).json(&body).build(),
    ]
}

#[tokio::test]
async fn a_service_leaves_no_trace_of_what_it_sends_and_is_told() {
    let spine = Spine::fresh().await;
    let lambda = start(&spine, "users-api", &spine.endpoint).await;
    for event in requests().into_iter().take(1).chain(tellings()) {
        let answer = lambda.invoke(event).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }
    assert_silent(lambda, requests()).await;
}

#[tokio::test]
async fn a_users_token_and_its_claims_are_written_nowhere() {
    let spine = Spine::fresh().await;
    let api = UsersApi::over(spine.users()).await;
    let issuer = api.auth0_issuer();
    let changes = [
        ("DYNAMODB_ENDPOINT", spine.endpoint.as_str()),
        ("USERS_TABLE", &spine.tables.users),
        ("AUTH0_ISSUER_BASE_URL", &issuer),
        ("AUTH0_AUDIENCE", tests::users_api::AUDIENCE),
    ];
    let lambda = kit::start("users-api", &kit::with(kit::variables("users-api"), &changes)).await;
    let facts = json!({"email": "canary@mail.example", "name": "canary-name", "nickname": "canary-nick"});
    let mut tokens = Vec::new();
    for (name, value) in [
        ("x", json!(1)),
        ("exp", json!(5)),
        ("aud", json!("canary-token")),
        ("gty", json!("client-credentials")),
        ("iss", json!("https://canary.example/")),
        ("act", json!({"sub": "canary-name"})),
    ] {
        let mut claims = facts.clone();
        claims[name] = value;
        tokens.push(api.auth0_token(&format!("auth0|{SUBJECT}"), claims));
    }
    let statuses = [200, 401, 401, 401, 401, 403];
    for (token, status) in tokens.iter().zip(statuses) {
        let answer = lambda.invoke(ask("PUT", "/v1/me", token).build()).await.unwrap();
        assert_eq!(answer["statusCode"], status, "{answer}");
    }
    lambda.kill().await;
    canaries().assert_silent(lambda.logs());
    let parts = tokens.iter().flat_map(|token| token.split('.').skip(1).map(str::to_owned));
    tests::canary::Canaries::new(parts).assert_silent(lambda.logs());
}
