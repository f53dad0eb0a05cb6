//! A login's fields, one wrong at a time.

use serde_json::{Value, json};
use tests::spine::{Spine, auth0, text};

use super::{Ask, Bad, all_accepted, all_refused, assert_empty, with};

/// What `cargo dev` uses, and so the system in tests.
const SECRET: &str = "local-action-secret";
const TOKEN: &str = "https://your-tenant.auth0.com/|auth0|test123";

pub(super) fn body() -> Value {
    json!({"tokenIdentifier": TOKEN, "email": "test@example.com", "name": "Test User"})
}

pub(super) fn ask(body: Vec<u8>) -> Ask {
    Ask::login(SECRET, body)
}

pub(super) fn good() -> Ask {
    told(&body())
}

fn told(body: &Value) -> Ask {
    ask(body.to_string().into_bytes())
}

fn bad(field: &str, value: Option<Value>, code: &'static str) -> Bad {
    let shown = value.as_ref().map_or("absent".to_owned(), |value| value.to_string().chars().take(60).collect());
    Bad::new(format!("{field}: {shown}"), told(&with(&body(), field, value)), 400, code)
}

fn not_texts() -> [Value; 5] {
    [json!(5), json!(1.5), json!(true), json!([]), json!({"a": 1})]
}

#[tokio::test]
async fn a_field_that_is_absent_null_or_of_another_type_is_refused() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let mut all = Vec::new();
    for field in ["tokenIdentifier", "email"] {
        for value in [None, Some(json!(null)), Some(json!(""))] {
            all.push(bad(field, value, "field_missing"));
        }
    }
    for field in ["tokenIdentifier", "email", "name", "avatarUrl"] {
        all.extend(not_texts().map(|value| bad(field, Some(value), "field_invalid")));
    }
    for value in [json!("x"), json!(5), json!(false), json!([{"user_id": "auth0|test123"}])] {
        all.push(bad("user", Some(value), "field_invalid"));
    }
    all.push(Bad::new("nothing in it", told(&json!({})), 400, "field_missing"));
    all_refused(&spine, &system, all).await;
}

#[tokio::test]
async fn a_token_identifier_that_names_nobody_of_ours_is_refused() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let mut all = Vec::new();
    let long = format!("https://your-tenant.auth0.com/|{}", "x".repeat(1025));
    for wrong in
        ["https://your-tenant.auth0.com/", "nonsense", "|", "|auth0|x", "https://your-tenant.auth0.com/|", &long]
    {
        all.push(bad("tokenIdentifier", Some(json!(wrong)), "token_identifier_malformed"));
    }
    for foreign in [
        "https://other-tenant.auth0.com/|auth0|test123",
        "http://your-tenant.auth0.com/|auth0|test123",
        "https://your-tenant.auth0.com.evil.example/|auth0|test123",
        "https://your-tenant.auth0.com@evil.example/|auth0|test123",
        "https://evil.example/?https://your-tenant.auth0.com/|auth0|test123",
        "https://your-tenant.auth0.com:8443/|auth0|test123",
        "https://your-tenant.auth0.com/x/|auth0|test123",
        "https://xxx.clerk.accounts.dev|user_29w83sxmDNGwOuEthce5gg56FcC",
        "auth0|test123",
        "🦀|auth0|test123",
    ] {
        all.push(bad("tokenIdentifier", Some(json!(foreign)), "issuer_unknown"));
    }
    all_refused(&spine, &system, all).await;
}

#[tokio::test]
async fn a_token_identifier_with_five_bars_is_a_subject_with_four() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let token = "https://your-tenant.auth0.com/|auth0|a|b|c|d";
    all_accepted(&system, token, &told(&with(&body(), "tokenIdentifier", Some(json!(token))))).await;
    let row = spine.row(&auth0("auth0|a|b|c|d")).await.unwrap();
    assert_eq!(text(&row, "auth_subject"), Some("auth0|a|b|c|d"));
    assert_eq!(spine.items(&spine.tables.users).await.len(), 1);
}

#[tokio::test]
async fn a_user_of_another_subject_is_refused() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let other = [json!("auth0|somebody"), json!(""), json!("AUTH0|test123"), json!(5), json!(["auth0|test123"])];
    let all = other.map(|id| bad("user", Some(json!({"user_id": id, "name": "X"})), "subject_mismatch"));
    all_refused(&spine, &system, all.into()).await;
}

#[tokio::test]
async fn whoever_lacks_the_right_secret_is_refused_whatever_the_body() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let mut all = Vec::new();
    for sent in
        ["", "Bearer", "Bearer ", "Bearer wrong", "Basic local-action-secret", SECRET, "Bearer local-action-secre"]
    {
        let ask = good().without("authorization").header("authorization", sent);
        all.push(Bad::new(format!("Authorization: {sent:?}"), ask, 401, "unauthorized"));
    }
    all.push(Bad::new("no header", good().without("authorization"), 401, "unauthorized"));
    all.push(Bad::new("no header, no JSON", ask(b"{".to_vec()).without("authorization"), 401, "unauthorized"));
    all_refused(&spine, &system, all).await;
    let any_case = good().without("authorization").header("authorization", "bEARER local-action-secret");
    all_accepted(&system, "the scheme in any case", &any_case).await;
}

#[tokio::test]
async fn odd_values_in_the_users_own_fields_are_absent_and_never_an_error() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    assert_empty(&spine).await;
    for (email, odd) in [(json!("   "), json!(5)), (json!("\u{0}"), json!([])), (json!("@"), json!({"a": [null]}))] {
        let user = json!({"user_id": "auth0|test123", "email": odd, "email_verified": odd, "name": odd, "nickname": odd,
            "given_name": odd, "picture": odd, "created_at": odd, "updated_at": odd, "identities": odd});
        let asked = with(&with(&body(), "email", Some(email)), "user", Some(user));
        all_accepted(&system, &asked.to_string(), &told(&asked)).await;
        all_accepted(&system, "the same as a patch", &told(&with(&asked, "user", None))).await;
    }
    let times = json!({"user_id": "auth0|test123", "email": " ", "email_verified": true,
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"});
    all_accepted(&system, "a profile of spaces", &told(&with(&body(), "user", Some(times)))).await;
    let row = spine.row(&auth0("auth0|test123")).await.unwrap();
    assert!(!row.contains_key("email_key") && !row.contains_key("verified_email"), "{row:?}");
}
