//! Every sample in `events/` is run by its function's real binary and answered as `events/README.md` says.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use shared::clock::Clock;
use shared::store::Sender;
use tests::api_gateway::GatewayAnswer;
use tests::people::{noon, patch};
use tests::spine::{Spine, auth0, clerk};
use tests::web::svix_headers;

use crate::kit;

/// Each sample: the function, the case, and the status that it is answered with; none for what is no HTTP function.
const SAMPLES: [(&str, &str, Option<u16>); 49] = [
    ("auth0-events-http", "user-created", Some(202)),
    ("auth0-events-http", "not-an-event", Some(400)),
    ("auth0-events-http", "wrong-secret", Some(401)),
    ("auth0-events", "created-updated-deleted", None),
    ("auth0-events", "one-unreadable", None),
    ("auth0-events", "test-event", None),
    ("auth0-upsert", "login-patch", Some(200)),
    ("auth0-upsert", "login-profile", Some(200)),
    ("auth0-upsert", "wrong-secret", Some(401)),
    ("clerk-webhook", "user-created", Some(200)),
    ("clerk-webhook", "user-updated", Some(200)),
    ("clerk-webhook", "user-deleted", Some(200)),
    ("change-feed", "a-life", None),
    ("change-feed", "login-alone", None),
    ("change-feed", "removed-by-ttl", None),
    ("change-feed", "unreadable", None),
    ("users-api", "upsert-user", Some(200)),
    ("users-api", "read-user", Some(200)),
    ("users-api", "find-user", Some(200)),
    ("users-api", "lookup-users", Some(200)),
    ("users-api", "link-only-key", Some(204)),
    ("users-api", "link-key", Some(204)),
    ("users-api", "read-keys", Some(200)),
    ("users-api", "find-by-key", Some(200)),
    ("users-api", "unlink-key", Some(204)),
    ("users-api", "me-challenge-with-service-token", Some(401)),
    ("users-api", "me-prove-with-service-token", Some(401)),
    ("users-api", "me-unlink-with-service-token", Some(401)),
    ("users-api", "without-token", Some(401)),
    ("users-api", "me-with-service-token", Some(401)),
    ("users-admin", "clear", None),
    ("users-admin", "erase", None),
    ("users-admin", "restore", None),
    ("users-admin", "transfer", None),
    ("users-admin", "without-reason", None),
    ("users-internal", "get-user-by-auth", None),
    ("users-internal", "get-user-by-id", None),
    ("users-internal", "get-user-by-public-key", None),
    ("users-internal", "ensure-stripe-customer", None),
    ("users-internal", "set-stripe-customer", None),
    ("users-internal", "list-users-for-stripe", None),
    ("users-internal", "unknown-operation", None),
    ("reconcile", "apply-auth0", None),
    ("reconcile", "apply-clerk", None),
    ("reconcile", "check-auth0", None),
    ("reconcile", "check-claims", None),
    ("reconcile", "check-clerk", None),
    ("stripe-reconcile", "apply", None),
    ("stripe-reconcile", "check", None),
];

fn events() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn sample(function: &str, case: &str) -> Value {
    let path = events().join(function).join(format!("{case}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// As `events/sign.py` does: the envelope and the signature are of now.
fn signed_now(mut event: Value) -> Value {
    let now = Clock::system().now();
    let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    body["timestamp"] = now.millis().into();
    let (body, id) = (body.to_string(), event["headers"]["svix-id"].as_str().unwrap().to_owned());
    for (name, value) in svix_headers(kit::WEBHOOK_SECRET, &id, now.seconds(), &body) {
        event["headers"][name] = value.into();
    }
    event["body"] = body.into();
    event
}

/// As `events/sign.py` does with a batch: the envelopes are of now, as they stand they are too old to be applied.
fn sent_now(mut event: Value) -> Value {
    let now = Clock::system().now().to_rfc3339();
    for record in event["Records"].as_array_mut().unwrap() {
        let Ok(mut body) = serde_json::from_str::<Value>(record["body"].as_str().unwrap()) else { continue };
        let envelope = if body["detail"].is_object() { &mut body["detail"] } else { &mut body };
        envelope["time"] = now.clone().into();
        record["body"] = body.to_string().into();
    }
    event
}

#[test]
fn every_sample_is_run_by_a_test() {
    let known: BTreeSet<String> = SAMPLES.iter().map(|(function, case, _)| format!("{function}/{case}")).collect();
    let mut found = BTreeSet::new();
    for folder in std::fs::read_dir(events()).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let stem = file.path().file_stem().unwrap().to_string_lossy().into_owned();
            found.insert(format!("{}/{stem}", folder.file_name().to_string_lossy()));
        }
    }
    assert_eq!(found, known);
}

#[tokio::test]
async fn every_http_sample_is_answered_as_documented() {
    let spine = Spine::fresh().await;
    for function in ["auth0-upsert", "clerk-webhook", "users-api"] {
        let env = spine.env();
        let tables = ["DYNAMODB_ENDPOINT", "USERS_TABLE", "CLAIMS_TABLE"];
        let changes: Vec<(&str, &str)> = tables.iter().map(|name| (*name, env.text(name).unwrap())).collect();
        let lambda = kit::start(function, &kit::with(kit::variables(function), &changes)).await;
        for (_, case, status) in SAMPLES.iter().filter(|(of, ..)| *of == function) {
            let event = sample(function, case);
            let event = if function == "clerk-webhook" {
                let stale = GatewayAnswer::read(&lambda.invoke(event.clone()).await.unwrap());
                assert_eq!(stale.status, 401, "{case} as it stands is a replay");
                signed_now(event)
            } else {
                event
            };
            let answer = GatewayAnswer::read(&lambda.invoke(event).await.unwrap());
            assert_eq!(Some(answer.status), *status, "{case}: {}", answer.text());
            if ["login-patch", "upsert-user", "read-user"].contains(case) {
                assert_eq!(answer.json()["userId"], "usr_tlrofji4bfbyd37m4eyy3a6ius");
            }
        }
    }
    assert_eq!(spine.items(&spine.tables.users).await.len(), 3);
}

#[tokio::test]
async fn every_sample_of_auth0s_events_is_queued_and_applied_as_documented() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let changes = [("AUTH0_EVENTS_QUEUE_URL", system.env.text("AUTH0_EVENTS_QUEUE_URL").unwrap())];
    let door = kit::start("auth0-events-http", &kit::with(kit::variables("auth0-events-http"), &changes)).await;
    for (function, case, status) in SAMPLES.iter().filter(|(of, ..)| *of == "auth0-events-http") {
        let answer = GatewayAnswer::read(&door.invoke(sample(function, case)).await.unwrap());
        assert_eq!(Some(answer.status), *status, "{case}: {}", answer.text());
    }
    let env = spine.env();
    let changes = ["DYNAMODB_ENDPOINT", "USERS_TABLE", "CLAIMS_TABLE"].map(|name| (name, env.text(name).unwrap()));
    let consumer = kit::start("auth0-events", &kit::with(kit::variables("auth0-events"), &changes)).await;
    for (case, failures, rows) in [("test-event", 0, 0), ("one-unreadable", 1, 1), ("created-updated-deleted", 0, 2)] {
        let event = sample("auth0-events", case);
        let answer = consumer.invoke(event.clone()).await.unwrap();
        assert_eq!(answer["batchItemFailures"].as_array().unwrap().len(), failures, "{case} as it stands");
        let answer = consumer.invoke(sent_now(event)).await.unwrap();
        assert_eq!(answer["batchItemFailures"].as_array().unwrap().len(), failures, "{case}: {answer}");
        assert_eq!(spine.items(&spine.tables.users).await.len(), rows, "{case}");
    }
    let row = spine.row(&auth0("auth0|test123")).await.unwrap();
    assert_eq!(tests::spine::text(&row, "name"), Some("Ada King"));
}

#[tokio::test]
async fn every_reconcile_sample_is_answered_with_a_report() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let env = &system.env;
    let (auth0_url, clerk_url) = (&system.auth0.as_ref().unwrap().1, &system.clerk.as_ref().unwrap().1);
    let mut changes = vec![("AUTH0_DOMAIN", auth0_url.as_str()), ("CLERK_API_URL", clerk_url)];
    changes.extend(
        ["DYNAMODB_ENDPOINT", "USERS_TABLE", "CLAIMS_TABLE", "SYNC_RUNS_TABLE"]
            .map(|name| (name, env.text(name).unwrap())),
    );
    let lambda = kit::start("reconcile", &kit::with(kit::variables("reconcile"), &changes)).await;
    for (function, case, _) in SAMPLES.iter().filter(|(of, ..)| *of == "reconcile") {
        let answer = lambda.invoke(sample(function, case)).await.unwrap();
        assert_eq!((&answer["status"], &answer["inStep"]), (&"finished".into(), &true.into()), "{case}: {answer}");
    }
    assert_eq!(spine.items(&spine.tables.sync_runs).await.len(), 5);
}

/// What a sample of a directly invoked function is answered with: the word for its end.
fn end(answer: Result<Value, tests::runtime_api::FunctionError>) -> String {
    match answer {
        Ok(answer) => answer["result"].as_str().map_or_else(|| answer.to_string(), str::to_owned),
        Err(error) => error.error_type,
    }
}

#[tokio::test]
async fn every_sample_by_hand_and_of_trusted_code_ends_as_documented() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    for identity in [auth0("auth0|test123"), clerk("user_29w83sxmDNGwOuEthce5gg56FcC")] {
        spine.users().upsert(&identity, &patch("ann"), Sender::Login, noon(0)).await.unwrap();
    }
    let stripe_url = &system.stripe.as_ref().unwrap().1;
    let (auth0_url, clerk_url) = (&system.auth0.as_ref().unwrap().1, &system.clerk.as_ref().unwrap().1);
    let env = spine.env();
    let tables = ["DYNAMODB_ENDPOINT", "USERS_TABLE", "CLAIMS_TABLE"].map(|name| (name, env.text(name).unwrap()));
    for (function, more, expected) in [
        (
            "users-admin",
            vec![("AUTH0_DOMAIN", auth0_url.as_str()), ("CLERK_API_URL", clerk_url)],
            ["unchanged", "erased", "not_listed", "not_theirs", "field_missing"].as_slice(),
        ),
        (
            "users-internal",
            vec![("STRIPE_API_URL", stripe_url.as_str())],
            &[
                "\"_id\"",
                "\"_id\"",
                "null",
                "\"stripeCustomerId\":\"cus_",
                "stripe_customer_differs",
                "\"isDone\":true",
                "operation_unknown",
            ],
        ),
    ] {
        let changes: Vec<(&str, &str)> = tables.into_iter().chain(more).collect();
        let lambda = kit::start(function, &kit::with(kit::variables(function), &changes)).await;
        let samples = SAMPLES.iter().filter(|(of, ..)| *of == function);
        for ((_, case, _), expected) in samples.zip(expected) {
            let end = end(lambda.invoke(sample(function, case)).await);
            assert!(end.contains(expected), "{function}/{case}: {end}");
        }
    }
}

#[tokio::test]
async fn every_sample_of_the_reconcile_of_stripe_is_answered_with_a_report() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let mut changes = vec![("STRIPE_API_URL", system.stripe.as_ref().unwrap().1.as_str())];
    let names = ["DYNAMODB_ENDPOINT", "USERS_TABLE", "CLAIMS_TABLE", "SYNC_RUNS_TABLE"];
    changes.extend(names.map(|name| (name, system.env.text(name).unwrap())));
    let lambda = kit::start("stripe-reconcile", &kit::with(kit::variables("stripe-reconcile"), &changes)).await;
    for (function, case, _) in SAMPLES.iter().filter(|(of, ..)| *of == "stripe-reconcile") {
        let answer = lambda.invoke(sample(function, case)).await.unwrap();
        assert_eq!((&answer["status"], &answer["inStep"]), (&"finished".into(), &true.into()), "{case}: {answer}");
    }
    assert_eq!(spine.items(&spine.tables.sync_runs).await.len(), 2);
}

#[tokio::test]
async fn every_sample_of_the_change_feed_is_told_but_the_unreadable_one() {
    let spine = Spine::fresh().await;
    let env = spine.env();
    let mut changes = vec![("EVENT_BUS_NAME", ""), ("EVENT_BUS_ENDPOINT", "")];
    changes.extend(["DYNAMODB_ENDPOINT", "AUDIT_TABLE"].map(|name| (name, env.text(name).unwrap())));
    let lambda = kit::start("change-feed", &kit::with(kit::variables("change-feed"), &changes)).await;
    for (function, case, _) in SAMPLES.iter().filter(|(of, ..)| *of == "change-feed") {
        let answer = lambda.invoke(sample(function, case)).await.unwrap();
        let failed = answer["batchItemFailures"].as_array().unwrap().len();
        assert_eq!(failed, usize::from(*case == "unreadable"), "{case}: {answer}");
    }
    assert_eq!(spine.items(&spine.tables.audit).await.len(), 4);
}
