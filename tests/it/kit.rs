//! Each function's variables, and requests that it answers with success.
#![expect(clippy::panic, reason = "a test stops at the first surprise")]

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::config::LOCAL_SERVICE_TOKEN;
use tests::api_gateway::GatewayRequest;
use tests::binaries::binary;
use tests::runtime_api::Lambda;
use tests::web::svix_headers;

pub(crate) const ACTION_SECRET: &str = "local-action-secret";
pub(crate) const EVENTS_SECRET: &str = "local-events-secret";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQtMDAwMQ==";

/// `spine_local_` and 64 zeros, with every scope.
pub(crate) const SERVICE_TOKENS: &str = r#"[{"id": "local",
    "sha256": "2ba66263eccaa3b10babbf3c32468eaceb8c878ab554a59f89171e9164b150a8",
    "scopes": ["users:read", "users:read-by-identity", "users:write", "keys:write"]}]"#;

/// The variables with which `function` starts, as `events/env.json` has them; nothing listens at the URLs yet.
pub(crate) fn variables(function: &str) -> Vec<(&'static str, String)> {
    let pairs: &[(&str, &str)] = match function {
        "auth0-upsert" => {
            &[("AUTH0_ISSUER_BASE_URL", "https://your-tenant.auth0.com/"), ("AUTH0_ACTION_SECRET", ACTION_SECRET)]
        }
        "auth0-events-http" => {
            &[("AUTH0_EVENTS_SECRET", EVENTS_SECRET), ("AUTH0_EVENTS_QUEUE_URL", "http://127.0.0.1:9/0/auth0-events")]
        }
        "auth0-events" => &[("AUTH0_ISSUER_BASE_URL", "https://your-tenant.auth0.com/")],
        "change-feed" => &[("EVENT_BUS_NAME", "users"), ("EVENT_BUS_ENDPOINT", "http://127.0.0.1:9")],
        "clerk-webhook" => &[("CLERK_INSTANCE_ID", "ins_local"), ("CLERK_WEBHOOK_SECRET", WEBHOOK_SECRET)],
        "reconcile" => &[
            ("AUTH0_ISSUER_BASE_URL", "https://your-tenant.auth0.com/"),
            ("AUTH0_DOMAIN", "http://127.0.0.1:9"),
            ("AUTH0_CLIENT_ID", "local-client"),
            ("AUTH0_CLIENT_SECRET", "local-client-secret"),
            ("CLERK_API_URL", "http://127.0.0.1:9"),
            ("CLERK_SECRET_KEY", "sk_test_local"),
            ("RECONCILE_SETTLE_SECONDS", "0"),
        ],
        "stripe-reconcile" => &[
            ("STRIPE_API_URL", "http://127.0.0.1:9"),
            ("STRIPE_SECRET_KEY", "sk_test_local_stripe"),
            ("RECONCILE_SETTLE_SECONDS", "0"),
        ],
        "users-admin" => &[
            ("AUTH0_ISSUER_BASE_URL", "https://your-tenant.auth0.com/"),
            ("AUTH0_DOMAIN", "http://127.0.0.1:9"),
            ("AUTH0_CLIENT_ID", "local-client"),
            ("AUTH0_CLIENT_SECRET", "local-client-secret"),
            ("CLERK_API_URL", "http://127.0.0.1:9"),
            ("CLERK_SECRET_KEY", "sk_test_local"),
        ],
        "users-internal" => &[
            ("AUTH0_ISSUER_BASE_URL", "https://your-tenant.auth0.com/"),
            ("STRIPE_API_URL", "http://127.0.0.1:9"),
            ("STRIPE_SECRET_KEY", "sk_test_local_stripe"),
        ],
        "users-api" => &[
            ("AUTH0_ISSUER_BASE_URL", "https://your-tenant.auth0.com/"),
            ("CLERK_JWT_ISSUER_DOMAIN", "http://127.0.0.1:9"),
            ("LINK_DOMAIN", "localhost:3000"),
            ("LINK_URI", "http://localhost:3000"),
            ("SERVICE_TOKENS", SERVICE_TOKENS),
        ],
        other => panic!("no function {other}"),
    };
    let pairs = pairs.iter().map(|(name, value)| (*name, (*value).to_owned()));
    pairs.chain([("DYNAMODB_ENDPOINT", "http://127.0.0.1:9".to_owned())]).collect()
}

/// The same with some of them changed; an empty value is as good as none.
pub(crate) fn with(
    mut variables: Vec<(&'static str, String)>,
    changes: &[(&'static str, &str)],
) -> Vec<(&'static str, String)> {
    for (name, value) in changes {
        variables.retain(|(known, _)| known != name);
        variables.push((name, (*value).to_owned()));
    }
    variables
}

/// The namespace of a deployed stack's metrics, as the template gives it to each function.
pub(crate) const METRICS_NAMESPACE: &str = "IdentitySpine/identity-spine";

/// Starts `function` with these variables.
pub(crate) async fn start(function: &str, variables: &[(&'static str, String)]) -> Lambda {
    let variables = variables.iter().map(|(name, value)| (*name, value.as_str()));
    let variables: Vec<(&str, &str)> = variables.chain([("METRICS_NAMESPACE", METRICS_NAMESPACE)]).collect();
    Lambda::start(binary(function), &variables).await
}

/// A login that is answered with 200.
pub(crate) fn login(subject: &str) -> Value {
    let body =
        json!({"tokenIdentifier": format!("https://your-tenant.auth0.com/|{subject}"), "email": "a@example.com"});
    let request = GatewayRequest::new("POST", "/auth0/upsert-user");
    request.header("authorization", &format!("Bearer {ACTION_SECRET}")).json(&body).build()
}

/// A delivery of Clerk's, signed now.
pub(crate) fn webhook(body: &Value) -> Value {
    let text = body.to_string();
    let headers = svix_headers(WEBHOOK_SECRET, "msg_1", Clock::system().now().seconds(), &text);
    let request = GatewayRequest::new("POST", "/clerk/webhook").json(body);
    headers.iter().fold(request, |request, (name, value)| request.header(name, value)).build()
}

/// The deletion of somebody nobody knows: answered with 200.
pub(crate) fn deletion(id: &str) -> Value {
    let now = Clock::system().now().millis();
    webhook(&json!({"type": "user.deleted", "object": "event", "timestamp": now, "instance_id": "ins_local",
        "data": {"id": id, "object": "user", "deleted": true}}))
}

/// What a service tells of a user: answered with 200.
fn upsert(subject: &str) -> Value {
    let request = GatewayRequest::new("PUT", "/v1/users");
    let request = request.header("authorization", &format!("Bearer {LOCAL_SERVICE_TOKEN}"));
    request.json(&json!({"authProvider": "auth0", "authSubject": subject})).build()
}

/// A request that `function`, one of the HTTP functions, answers with 200.
pub(crate) fn good_request(function: &str) -> Value {
    match function {
        "auth0-upsert" => login("auth0|somebody"),
        "users-api" => upsert("auth0|somebody"),
        _ => deletion("user_somebody"),
    }
}
