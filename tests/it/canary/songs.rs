//! The canaries, and requests and answers that are full of them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tests::canary::Canaries;
use tests::users_api::{service_digest, service_token};

pub(super) const ACTION_SECRET: &str = "canary-action-secret-1";
pub(super) const OLD_ACTION_SECRET: &str = "canary-action-secret-0";
pub(super) const EVENTS_SECRET: &str = "canary-events-secret";
pub(super) const WRONG_SECRET: &str = "canary-wrong-secret";
pub(super) const WEBHOOK_SECRET: &str = "whsec_Y2FuYXJ5LWNsZXJrLXdlYmhvb2stc2VjcmV0";
pub(super) const CLIENT_ID: &str = "canary-client-id";
pub(super) const CLIENT_SECRET: &str = "canary-client-secret";
pub(super) const SECRET_KEY: &str = "sk_test_canary_key";
pub(super) const STRIPE_KEY: &str = "sk_test_canary_stripe_key";
pub(super) const SUBJECT: &str = "canary-subject-x";

/// The service tokens that are presented; each is a canary, and so is its digest.
const TOKENS: [&str; 3] = ["all", "reader", "ended"];

/// Every value that nothing may say.
pub(super) fn canaries() -> Canaries {
    let secrets = [
        ACTION_SECRET,
        OLD_ACTION_SECRET,
        EVENTS_SECRET,
        WRONG_SECRET,
        WEBHOOK_SECRET,
        CLIENT_ID,
        CLIENT_SECRET,
        SECRET_KEY,
        STRIPE_KEY,
    ];
    let personal = [
        "canary-clerk-webhook-secret",
        SUBJECT,
        "canary@mail.example",
        "canary-name",
        "canary-given",
        "canary-family",
        "canary-nick",
        "canary-user-name",
        "canary.example/picture",
        "canary-metadata",
        "canary-phone",
        "canary-header",
        "canary-query",
        "canary-unknown",
        "canary-token",
        "canary-page",
        "canary-engine",
    ];
    let tokens = TOKENS.iter().flat_map(|id| [service_token(id), service_digest(id)]);
    Canaries::new(secrets.into_iter().chain(personal).map(str::to_owned).chain(tokens))
}

/// A user of Auth0 with a canary in every field.
pub(super) fn auth0_user() -> Value {
    json!({
        "user_id": format!("auth0|{SUBJECT}"), "email": "canary@mail.example", "email_verified": true,
        "name": "canary-name", "given_name": "canary-given", "family_name": "canary-family",
        "nickname": "canary-nick", "username": "canary-user-name", "picture": "https://canary.example/picture",
        "phone_number": "canary-phone", "user_metadata": {"canary-metadata": "canary-metadata"},
        "app_metadata": {"a": ["canary-metadata"]}, "canary-unknown": "canary-unknown",
        "identities": [{"provider": "auth0", "user_id": SUBJECT}, {"provider": "canary-nick", "user_id": "canary-name"}],
        "created_at": "2025-01-01T00:00:00.000Z", "updated_at": "2025-06-01T00:00:00.000Z",
    })
}

/// A user of Clerk with a canary in every field.
pub(super) fn clerk_user() -> Value {
    json!({
        "id": format!("user_{SUBJECT}"), "object": "user", "external_id": "canary-unknown",
        "username": "canary-user-name", "first_name": "canary-given", "last_name": "canary-family",
        "image_url": "https://canary.example/picture", "primary_email_address_id": "idn_1",
        "email_addresses": [{"id": "idn_1", "email_address": "canary@mail.example", "verification": {"status": "verified"}}],
        "phone_numbers": [{"id": "idn_2", "phone_number": "canary-phone"}],
        "public_metadata": {"canary-metadata": 1}, "private_metadata": {"a": "canary-metadata"},
        "unsafe_metadata": {"a": {"b": "canary-metadata"}}, "canary-unknown": "canary-unknown",
        "created_at": 1_735_689_600_000_i64, "updated_at": 1_748_736_000_000_i64,
    })
}

/// The same with each field in turn replaced by what it should not be, canary kept.
pub(super) fn broken(user: &Value) -> Vec<Value> {
    let wrongs = [json!({"canary-unknown": "canary-name"}), json!(["canary-name"]), json!("canary-name"), json!(-7)];
    let mut all = Vec::new();
    for field in user.as_object().unwrap().keys() {
        for wrong in &wrongs {
            let mut broken = user.clone();
            broken[field.as_str()] = wrong.clone();
            all.push(broken);
        }
    }
    all
}

/// Answers of a database that quotes what it was sent, as DynamoDB's validation does.
pub(super) fn engine_faults() -> Vec<fn() -> Response> {
    vec![
        || refusal(400, "ValidationException"),
        || refusal(400, "ResourceNotFoundException"),
        || refusal(400, "AccessDeniedException"),
        || refusal(400, "ConditionalCheckFailedException"),
        || refusal(400, "canary-engine"),
        || refusal(500, "InternalServerError"),
        || (StatusCode::OK, "canary-engine {").into_response(),
        || (StatusCode::OK, r#"{"Attributes":{"email":{"canary-engine":"canary@mail.example"}}}"#).into_response(),
        || (StatusCode::BAD_GATEWAY, "<html>canary-engine</html>").into_response(),
    ]
}

fn refusal(status: u16, kind: &str) -> Response {
    let message = "One or more parameter values were invalid: canary-engine canary@mail.example canary-name";
    let item = json!({"user_id": {"S": "canary-engine"}, "email": {"S": "canary@mail.example"}});
    let kind = format!("com.amazonaws.dynamodb.v20120810#{kind}");
    let body = json!({"__type": kind, "message": message, "Item": item});
    let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amzn-requestid", "canary-header")];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
}
