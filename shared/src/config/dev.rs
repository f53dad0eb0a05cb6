//! What `cargo dev` uses where the environment says nothing. These are no secrets: they guard one machine's loopback.

use super::env::Env;

/// The issuer of the source document's curl, which `cargo dev` knows besides its own.
pub const DOCUMENTED_ISSUER: &str = "https://your-tenant.auth0.com/";

/// The variables of every part, with the stand-ins at their usual ports.
pub fn dev_defaults() -> Env {
    Env::of([
        ("DYNAMODB_ENDPOINT", "http://127.0.0.1:8000"),
        ("AUTH0_ACTION_SECRET", "local-action-secret"),
        ("AUTH0_ISSUER_BASE_URL", "http://127.0.0.1:4001/"),
        ("AUTH0_CLIENT_ID", "local-client"),
        ("AUTH0_CLIENT_SECRET", "local-client-secret"),
        ("CLERK_WEBHOOK_SECRET", "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQtMDAwMQ=="),
        ("CLERK_INSTANCE_ID", "ins_local"),
        ("CLERK_SECRET_KEY", "sk_test_local"),
        ("CLERK_API_URL", "http://127.0.0.1:4002"),
        ("RECONCILE_SETTLE_SECONDS", "0"),
    ])
}
