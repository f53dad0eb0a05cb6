//! What `cargo dev` uses where the environment says nothing. These are no secrets: they guard one machine's loopback.

use super::env::Env;

/// The issuer of the source document's curl, which `cargo dev` knows besides its own.
pub const DOCUMENTED_ISSUER: &str = "https://your-tenant.auth0.com/";

/// A service token that may do everything. Its digest stands in [`dev_defaults`].
pub const LOCAL_SERVICE_TOKEN: &str = "spine_local_0000000000000000000000000000000000000000000000000000000000000000";

/// The variables of every part, with the stand-ins at their usual ports.
pub fn dev_defaults() -> Env {
    Env::of([
        ("DYNAMODB_ENDPOINT", "http://127.0.0.1:8000"),
        ("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:3001"),
        ("AUTH0_ACTION_SECRET", "local-action-secret"),
        ("AUTH0_EVENTS_SECRET", "local-events-secret"),
        ("AUTH0_EVENTS_QUEUE_URL", "http://127.0.0.1:3001/000000000000/auth0-events"),
        ("AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL", "http://127.0.0.1:3001/000000000000/auth0-events-dead-letters"),
        ("AUTH0_ISSUER_BASE_URL", "http://127.0.0.1:4001/"),
        ("AUTH0_CLIENT_ID", "local-client"),
        ("AUTH0_CLIENT_SECRET", "local-client-secret"),
        ("CLERK_WEBHOOK_SECRET", "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQtMDAwMQ=="),
        ("CLERK_INSTANCE_ID", "ins_local"),
        ("CLERK_SECRET_KEY", "sk_test_local"),
        ("CLERK_API_URL", "http://127.0.0.1:4002"),
        ("STRIPE_SECRET_KEY", "sk_test_local_stripe"),
        ("STRIPE_API_URL", "http://127.0.0.1:4003"),
        ("AUTH0_AUDIENCE", "https://identity-spine.local"),
        ("CLERK_JWT_ISSUER_DOMAIN", "http://127.0.0.1:4002"),
        ("SERVICE_TOKENS", LOCAL_SERVICE_TOKENS),
        ("LINK_DOMAIN", "localhost:3000"),
        ("LINK_URI", "http://localhost:3000"),
        ("RECONCILE_SETTLE_SECONDS", "0"),
        ("SPINE_HTTP_URL", "http://127.0.0.1:3000"),
    ])
}

/// [`LOCAL_SERVICE_TOKEN`] with all scopes.
const LOCAL_SERVICE_TOKENS: &str = r#"[{"id": "local",
    "sha256": "2ba66263eccaa3b10babbf3c32468eaceb8c878ab554a59f89171e9164b150a8",
    "scopes": ["users:read", "users:read-by-identity", "users:write", "keys:write"]}]"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::token::{Scope, ServiceTokens};

    #[test]
    fn the_local_service_token_may_do_everything() {
        let tokens = LOCAL_SERVICE_TOKENS.parse::<ServiceTokens>();
        let presented = tokens.map(|tokens| tokens.presented(LOCAL_SERVICE_TOKEN, Timestamp::ZERO));
        assert_eq!(presented.map(|it| it.map(|it| it.scopes)), Ok(Some(Scope::ALL.into())));
    }
}
