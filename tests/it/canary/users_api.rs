//! The binary of the users API: services and users with canaries in all that they send.
//!
//! Its answers do tell of users, to those who may ask: only what is written is looked at, and what strangers are told.

use serde_json::{Value, json};
use tests::api_gateway::{GatewayAnswer, GatewayRequest};
use tests::runtime_api::Lambda;
use tests::spine::{Spine, auth0};
use tests::users_api::{UsersApi, service_token, service_tokens as tokens};
use tests::wallet::Wallet;

use super::doors::{assert_silent, start};
use super::songs::{SUBJECT, WRONG_SECRET, broken, canaries};
use crate::kit;

/// The list of tokens that the other tests use; a token is a canary too, and so is its digest.
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

/// What is said of keys, right and wrong, with canaries in what is nobody's business.
fn key_bodies() -> Vec<Value> {
    let whole = json!({"nonce": "canary-token", "publicKey": KEY, "signature": "canary-header",
        "canary-unknown": "canary-unknown"});
    broken(&whole).into_iter().chain([whole.clone(), json!({"publicKey": "canary-token"})]).collect()
}

/// A key is public: it may be named.
const KEY: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

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
        events.extend(key_bodies().iter().map(|body| ask("POST", "/v1/me/public-keys", token).json(body).build()));
        events.push(ask("POST", "/v1/me/key-challenges", token).json(&key_bodies()[0]).build());
        events.push(ask("DELETE", "/v1/me/public-keys/canary-token", token).build());
    }
    for query in [
        "canary-unknown=canary-query",
        "email=canary@mail.example&clerkUserId=canary-name",
        "email=a&cursor=canary-token",
        "tokenIdentifier=https://canary.example/%7Ccanary-subject-x",
        "authProvider=canary-nick",
        "publicKey=canary-token",
        "stripeCustomerId=canary-token",
        "publicKey=canary-token&stripeCustomerId=canary-name",
    ] {
        events.push(ask("GET", &format!("/v1/users?{query}"), &all).build());
    }
    events.push(ask("GET", "/v1/users/canary-name", &all).build());
    for (method, path) in [("PUT", "public-keys/canary-token"), ("DELETE", "public-keys/canary-token")] {
        events.push(ask(method, &format!("/v1/users/canary-name/{path}?q=canary-query"), &all).build());
    }
    for body in key_bodies() {
        events.push(ask("PUT", "/v1/users/canary-name/public-key", &all).json(&body).build());
    }
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
async fn a_wallets_challenge_and_its_answer_are_written_nowhere() {
    let spine = Spine::fresh().await;
    let api = UsersApi::over(spine.users()).await;
    let lambda = users_lambda(&spine, &api).await;
    let (wallet, token) = (Wallet::solana(1), api.auth0_token(&format!("auth0|{SUBJECT}"), json!({})));
    let send = async |method: &str, path: &str, body: &Value| {
        let event = ask(method, path, &token).json(body).build();
        GatewayAnswer::read(&lambda.invoke(event).await.unwrap())
    };
    assert_eq!(send("PUT", "/v1/me", &json!({})).await.status, 200);
    let challenge = send("POST", "/v1/me/key-challenges", &json!({ "publicKey": wallet.spelled() })).await.json();
    let signature = wallet.sign(challenge["message"].as_str().unwrap());
    let mut proof = json!({"nonce": challenge["nonce"], "publicKey": wallet.spelled(), "signature": &signature[1..]});
    assert_eq!(send("POST", "/v1/me/public-keys", &proof).await.status, 400);
    proof["signature"] = json!(signature);
    for _ in 0..2 {
        assert_eq!(send("POST", "/v1/me/public-keys", &proof).await.status, 204);
    }
    let path = format!("/v1/me/public-keys/{}", wallet.spelled());
    assert_eq!(send("DELETE", &path, &json!({})).await.status, 204);
    assert_eq!(send("POST", "/v1/me/public-keys", &proof).await.status, 409);
    lambda.kill().await;
    canaries().assert_silent(lambda.logs());
    let nonce = challenge["nonce"].as_str().unwrap().to_owned();
    tests::canary::Canaries::new([nonce, signature]).assert_silent(lambda.logs());
}

/// The binary, with the issuer of `api`'s tokens.
async fn users_lambda(spine: &Spine, api: &UsersApi) -> Lambda {
    let issuer = api.auth0_issuer();
    let changes = [
        ("DYNAMODB_ENDPOINT", spine.endpoint.as_str()),
        ("USERS_TABLE", &spine.tables.users),
        ("CLAIMS_TABLE", &spine.tables.claims),
        ("AUTH0_ISSUER_BASE_URL", &issuer),
        ("AUTH0_AUDIENCE", tests::users_api::AUDIENCE),
    ];
    kit::start("users-api", &kit::with(kit::variables("users-api"), &changes)).await
}

#[tokio::test]
async fn a_users_token_and_its_claims_are_written_nowhere() {
    let spine = Spine::fresh().await;
    let api = UsersApi::over(spine.users()).await;
    let lambda = users_lambda(&spine, &api).await;
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
