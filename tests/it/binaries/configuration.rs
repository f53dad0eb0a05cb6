//! A missing or malformed variable ends the start, and is named; its value is not.

use std::path::Path;

use tests::canary::Canaries;
use tests::spine::Spine;

use crate::kit;

/// A change of variables, and the one that the start must name.
struct Case {
    function: &'static str,
    changes: &'static [(&'static str, &'static str)],
    culprit: &'static str,
}

const fn case(function: &'static str, changes: &'static [(&'static str, &'static str)], culprit: &'static str) -> Case {
    Case { function, changes, culprit }
}

const CASES: &[Case] = &[
    case("auth0-upsert", &[("AUTH0_ISSUER_BASE_URL", "")], "AUTH0_ISSUER_BASE_URL"),
    case("auth0-upsert", &[("AUTH0_ISSUER_BASE_URL", "ftp://canary-value")], "AUTH0_ISSUER_BASE_URL"),
    case(
        "auth0-upsert",
        &[("AUTH0_ADDITIONAL_ISSUERS", "https://a.example/ canary-value")],
        "AUTH0_ADDITIONAL_ISSUERS",
    ),
    case("auth0-upsert", &[("AUTH0_ACTION_SECRET", "")], "AUTH0_ACTION_SECRET"),
    case(
        "auth0-upsert",
        &[("AUTH0_ACTION_SECRET", ""), ("AUTH0_ACTION_SECRET_ARN", "arn:x"), ("SECRET_OVERLAP", "canary-value")],
        "SECRET_OVERLAP",
    ),
    case("auth0-events-http", &[("AUTH0_EVENTS_SECRET", "")], "AUTH0_EVENTS_SECRET"),
    case("auth0-events-http", &[("AUTH0_EVENTS_QUEUE_URL", "")], "AUTH0_EVENTS_QUEUE_URL"),
    case("auth0-events-http", &[("AUTH0_EVENTS_QUEUE_URL", "canary-value")], "AUTH0_EVENTS_QUEUE_URL"),
    case(
        "auth0-events-http",
        &[("AUTH0_EVENTS_SECRET", ""), ("AUTH0_EVENTS_SECRET_ARN", "arn:x"), ("SECRET_OVERLAP", "canary-value")],
        "SECRET_OVERLAP",
    ),
    case("clerk-webhook", &[("CLERK_WEBHOOK_SECRET", "")], "CLERK_WEBHOOK_SECRET"),
    case("clerk-webhook", &[("CLERK_WEBHOOK_SECRET", "whsec_%canary-value")], "CLERK_WEBHOOK_SECRET"),
    case(
        "clerk-webhook",
        &[("CLERK_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_canary-value!")],
        "CLERK_WEBHOOK_SECRET",
    ),
    case(
        "clerk-webhook",
        &[("CLERK_WEBHOOK_SECRET", ""), ("CLERK_WEBHOOK_SECRET_ARN", "arn:x"), ("SECRET_OVERLAP", "-canary-value")],
        "SECRET_OVERLAP",
    ),
    case("users-api", &[("SERVICE_TOKENS", "canary-value")], "SERVICE_TOKENS"),
    case("users-api", &[("SERVICE_TOKENS", r#"[{"id":"a","sha256":"canary-value","scopes":[]}]"#)], "SERVICE_TOKENS"),
    case("users-api", &[("AUTH0_ISSUER_BASE_URL", "canary-value")], "AUTH0_ISSUER_BASE_URL"),
    case("users-api", &[("AUTH0_ISSUER_BASE_URL", ""), ("AUTH0_AUDIENCE", "canary-value")], "AUTH0_ISSUER_BASE_URL"),
    case("users-api", &[("CLERK_JWT_ISSUER_DOMAIN", "http://canary-value")], "CLERK_JWT_ISSUER_DOMAIN"),
    case(
        "users-api",
        &[("CLERK_JWT_ISSUER_DOMAIN", ""), ("CLERK_AUTHORIZED_PARTIES", "canary-value")],
        "CLERK_JWT_ISSUER_DOMAIN",
    ),
    case("users-api", &[("LINK_URI", "")], "LINK_URI"),
    case("users-api", &[("LINK_DOMAIN", "")], "LINK_DOMAIN"),
    case("users-api", &[("LINK_DOMAIN", "https://canary-value")], "LINK_DOMAIN"),
    case("users-api", &[("LINK_URI", "canary-value")], "LINK_URI"),
    case(
        "users-api",
        &[("SERVICE_TOKENS", ""), ("SERVICE_TOKENS_ARN", "arn:x"), ("SECRET_OVERLAP", "canary-value")],
        "SECRET_OVERLAP",
    ),
    case("users-internal", &[("AUTH0_ISSUER_BASE_URL", "canary-value")], "AUTH0_ISSUER_BASE_URL"),
    case("users-admin", &[("AUTH0_CLIENT_SECRET", "")], "AUTH0_CLIENT_SECRET"),
    case("users-admin", &[("CLERK_API_URL", "http://canary-value")], "CLERK_API_URL"),
    case("reconcile", &[("AUTH0_CLIENT_ID", "")], "AUTH0_CLIENT_ID"),
    case("reconcile", &[("AUTH0_CLIENT_SECRET", "")], "AUTH0_CLIENT_SECRET"),
    case("reconcile", &[("AUTH0_DOMAIN", "canary-value/ space")], "AUTH0_DOMAIN"),
    case("reconcile", &[("AUTH0_DOMAIN", "http://canary-value")], "AUTH0_DOMAIN"),
    case("reconcile", &[("AUTH0_DOMAIN", ""), ("AUTH0_ISSUER_BASE_URL", "")], "AUTH0_ISSUER_BASE_URL"),
    case("reconcile", &[("AUTH0_DOMAIN", ""), ("AUTH0_ISSUER_BASE_URL", "canary-value")], "AUTH0_ISSUER_BASE_URL"),
    case("reconcile", &[("CLERK_SECRET_KEY", "")], "CLERK_SECRET_KEY"),
    case("reconcile", &[("CLERK_API_URL", "http://canary-value")], "CLERK_API_URL"),
    case("reconcile", &[("RECONCILE_SETTLE_SECONDS", "canary-value")], "RECONCILE_SETTLE_SECONDS"),
    case(
        "reconcile",
        &[("CLERK_SECRET_KEY", ""), ("CLERK_SECRET_KEY_ARN", "arn:x"), ("SECRET_OVERLAP", "canary-value")],
        "SECRET_OVERLAP",
    ),
    case("stripe-reconcile", &[("STRIPE_SECRET_KEY", "")], "STRIPE_SECRET_KEY"),
    case("stripe-reconcile", &[("STRIPE_API_URL", "http://canary-value")], "STRIPE_API_URL"),
    case("stripe-reconcile", &[("RECONCILE_SETTLE_SECONDS", "canary-value")], "RECONCILE_SETTLE_SECONDS"),
];

/// What every function reads.
const COMMON: &[(&[(&str, &str)], &str)] = &[
    (&[("DYNAMODB_ENDPOINT", "canary-value")], "DYNAMODB_ENDPOINT"),
    (&[("AWS_ENDPOINT_URL_SECRETS_MANAGER", "canary-value")], "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
    (&[("AWS_CA_BUNDLE", "canary-value")], "AWS_CA_BUNDLE"),
    (&[("DYNAMODB_ENDPOINT", ""), ("AWS_ACCESS_KEY_ID", "")], "AWS_ACCESS_KEY_ID"),
    (&[("DYNAMODB_ENDPOINT", ""), ("AWS_SECRET_ACCESS_KEY", "")], "AWS_SECRET_ACCESS_KEY"),
];

async fn assert_named(function: &str, changes: &[(&'static str, &str)], culprit: &str) {
    let lambda = kit::start(function, &kit::with(kit::variables(function), changes)).await;
    let failure = lambda.wait_ready().await.expect_err(&format!("{function} starts with {changes:?}"));
    assert_eq!(failure.status.and_then(|status| status.code()), Some(1), "{function} {changes:?}: {failure}");
    let names = |line: &String| line.contains(&format!("{culprit}: "));
    assert!(failure.logs.iter().any(names), "{function} {changes:?}: {failure}");
    Canaries::new([
        "canary-value",
        kit::ACTION_SECRET,
        kit::EVENTS_SECRET,
        kit::WEBHOOK_SECRET,
        "local-client-secret",
        "sk_test_local",
    ])
    .assert_silent(&failure.logs);
}

#[tokio::test]
async fn each_missing_or_malformed_variable_ends_the_start_and_is_named_without_its_value() {
    for Case { function, changes, culprit } in CASES {
        assert_named(function, changes, culprit).await;
    }
}

#[tokio::test]
async fn what_all_functions_read_is_checked_by_all_of_them() {
    for function in [
        "auth0-events",
        "auth0-events-http",
        "auth0-upsert",
        "clerk-webhook",
        "reconcile",
        "stripe-reconcile",
        "users-admin",
        "users-api",
        "users-internal",
    ] {
        for (changes, culprit) in COMMON {
            assert_named(function, changes, culprit).await;
        }
    }
}

#[tokio::test]
async fn a_folder_is_no_bundle_of_certificates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_string_lossy().into_owned();
    assert_named("auth0-upsert", &[("AWS_CA_BUNDLE", &folder)], "AWS_CA_BUNDLE").await;
}

#[tokio::test]
async fn a_source_without_any_of_its_variables_is_off_says_so_and_is_refused_by_its_code() {
    let spine = Spine::fresh().await;
    let off = [
        "AUTH0_ISSUER_BASE_URL",
        "AUTH0_DOMAIN",
        "AUTH0_CLIENT_ID",
        "AUTH0_CLIENT_SECRET",
        "CLERK_API_URL",
        "CLERK_SECRET_KEY",
    ];
    let mut changes: Vec<(&str, &str)> = off.iter().map(|name| (*name, "")).collect();
    changes.push(("DYNAMODB_ENDPOINT", &spine.endpoint));
    let lambda = kit::start("reconcile", &kit::with(kit::variables("reconcile"), &changes)).await;
    for source in ["auth0", "clerk"] {
        let event = serde_json::json!({"source": source, "mode": "check"});
        let error = lambda.invoke(event).await.unwrap_err();
        assert_eq!(error.error_type, "source_not_configured");
    }
    lambda.kill().await;
    for source in ["auth0", "clerk"] {
        let says = |line: &String| line.contains("off: none of its variables is set") && line.contains(source);
        assert!(lambda.logs().iter().any(says), "{:?}", lambda.logs());
    }
}

#[tokio::test]
async fn linking_by_proof_is_off_without_its_site_and_the_start_says_so() {
    let changes = [("LINK_DOMAIN", ""), ("LINK_URI", "")];
    let lambda = kit::start("users-api", &kit::with(kit::variables("users-api"), &changes)).await;
    lambda.wait_ready().await.expect("it starts");
    lambda.kill().await;
    assert!(
        lambda.logs().iter().any(|line| line.contains("LINK_DOMAIN") && line.contains("off")),
        "{:?}",
        lambda.logs()
    );
}
