//! `cargo dev` as a person meets it: its last line before it serves, taken ports, Ctrl-C, `--data`.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::{Value, json};
use tests::binaries::binary;
use tests::canary::Canaries;
use tests::program::{Program, Signal};
use tests::spine::Spine;
use tests::web;

const PARTS: [&str; 6] = ["--http", "--lambda", "--dynamodb", "--auth0", "--clerk", "--stripe"];

/// Free ports for all parts, and these arguments besides.
fn start(more: &[&str], variables: &[(&str, &str)]) -> Program {
    let mut arguments: Vec<&str> = PARTS.iter().flat_map(|part| [*part, "127.0.0.1:0"]).collect();
    arguments.extend(more);
    Program::start(binary("local"), &arguments, variables)
}

async fn ready(more: &[&str], variables: &[(&str, &str)]) -> Program {
    let program = start(more, variables);
    assert!(program.writes("ready").await, "{}", program.lines().join("\n"));
    program
}

/// The URL that the banner names for a part.
fn url(program: &Program, part: &str) -> String {
    let lines = program.lines();
    let line = lines.iter().find_map(|line| line.trim_start().strip_prefix(part));
    line.unwrap_or_else(|| unreachable!("{part} in {lines:?}")).trim().to_owned()
}

async fn login(program: &Program, subject: &str) -> Value {
    let body =
        json!({"tokenIdentifier": format!("https://your-tenant.auth0.com/|{subject}"), "email": "a@example.com"});
    let headers = [("authorization", "Bearer local-action-secret")];
    let url = format!("{}/auth0/upsert-user", url(program, "HTTP routes"));
    let answered = web::post(&url, &headers, body.to_string()).await;
    assert_eq!(answered.status, 200, "{}", answered.body);
    answered.json()
}

async fn reconcile(program: &Program, source: &str, mode: &str) -> Value {
    let lambda = url(program, "Lambda's Invoke API");
    web::invoke(&lambda, "reconcile", &json!({"source": source, "mode": mode})).await.unwrap()
}

async fn interrupted(program: Program) {
    program.signal(Signal::INT);
    let status = program.ended().await;
    assert_eq!(status.code(), Some(0), "{}", program.lines().join("\n"));
}

fn after_ready(program: &Program) -> Vec<String> {
    program.lines().into_iter().skip_while(|line| line != "ready").skip(1).collect()
}

#[tokio::test]
async fn ready_is_the_last_line_before_it_serves_and_the_documented_curl_works_as_it_stands() {
    let program = ready(&[], &[]).await;
    assert_eq!(program.lines().last().map(String::as_str), Some("ready"));
    assert_eq!(login(&program, "auth0|test123").await, json!({"userId": "usr_tlrofji4bfbyd37m4eyy3a6ius"}));
    interrupted(program).await;
}

#[tokio::test]
async fn secrets_are_printed_before_ready_and_never_after() {
    let secrets = [
        ("AUTH0_ACTION_SECRET", "local-action-secret"),
        ("AUTH0_CLIENT_SECRET", "local-client-secret"),
        ("CLERK_SECRET_KEY", "sk_test_local"),
        ("STRIPE_SECRET_KEY", "sk_test_local_stripe"),
        ("CLERK_WEBHOOK_SECRET", "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQtMDAwMQ=="),
        ("service token", shared::config::LOCAL_SERVICE_TOKEN),
    ];
    let program = ready(&[], &[]).await;
    let banner = program.lines();
    for (name, value) in secrets {
        assert!(banner.iter().any(|line| line.contains(name) && line.contains(value)), "{name}");
    }
    login(&program, "auth0|somebody").await;
    reconcile(&program, "clerk", "apply").await;
    reconcile(&program, "auth0", "check").await;
    program.signal(Signal::INT);
    program.ended().await;
    Canaries::new(secrets.map(|(_, value)| value)).assert_silent(after_ready(&program));
}

#[tokio::test]
async fn a_taken_port_is_named_in_the_error_with_its_flag() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for part in PARTS {
        let mut arguments: Vec<&str> = PARTS.iter().flat_map(|part| [*part, "127.0.0.1:0"]).collect();
        let place = arguments.iter().position(|argument| *argument == part).unwrap();
        arguments.splice(place + 1..place + 2, [address.as_str()]);
        let program = Program::start(binary("local"), &arguments, &[]);
        assert_eq!(program.ended().await.code(), Some(1), "{part}");
        let lines = program.lines();
        let named = lines.iter().any(|line| line.contains(part) && line.contains(&address));
        assert!(named && !lines.contains(&"ready".to_owned()), "{part}: {lines:?}");
    }
}

#[tokio::test]
async fn both_signals_that_ask_a_process_to_end_end_it_cleanly_in_the_middle_of_its_work() {
    for signal in [Signal::INT, Signal::TERM] {
        let program = ready(&[], &[]).await;
        login(&program, "auth0|somebody").await;
        program.signal(signal);
        assert_eq!(program.ended().await.code(), Some(0), "{:?}", program.lines());
    }
}

/// Creates somebody at the stand-in of Clerk.
async fn join(program: &Program, email: &str) {
    let body = json!({"email_address": [email], "first_name": "Ada"}).to_string();
    let headers = [("authorization", "Bearer sk_test_local")];
    let url = format!("{}/v1/users", url(program, "stand-in for Clerk"));
    assert_eq!(web::post(&url, &headers, body).await.status, 200);
}

/// How many users Clerk's stand-in lists, and what a check finds.
async fn state(program: &Program) -> (Value, Value) {
    let answer = reconcile(program, "clerk", "check").await;
    (answer["listed"].clone(), answer["counts"].clone())
}

#[tokio::test]
async fn what_is_kept_in_a_folder_is_there_after_a_restart_and_the_table_even_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = ["--data", data.to_str().unwrap()];
    let program = ready(&data, &[]).await;
    let seeded = reconcile(&program, "clerk", "apply").await["listed"].as_u64().unwrap();
    assert!(seeded > 0, "there are people in it");
    join(&program, "ada@example.com").await;
    reconcile(&program, "clerk", "apply").await;
    interrupted(program).await;

    let program = ready(&data, &[]).await;
    assert_eq!(state(&program).await, (json!(seeded + 1), json!({})));
    assert_eq!(login(&program, "auth0|kept").await, login(&program, "auth0|kept").await);
    program.signal(Signal::KILL);
    program.ended().await;

    let program = ready(&data, &[]).await;
    assert_eq!(state(&program).await, (json!(seeded + 1), json!({})));
    let request = json!({"TableName": "Users", "ConsistentRead": true});
    let headers = [
        ("x-amz-target", "DynamoDB_20120810.Scan"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        ),
        ("x-amz-date", "20260101T000000Z"),
    ];
    let scanned = web::post(&url(&program, "DynamoDB"), &headers, request.to_string()).await;
    assert!(scanned.body.contains("auth0|kept"), "{}", scanned.body);
    interrupted(program).await;
}

#[tokio::test]
async fn a_folder_is_kept_by_one_alone_and_is_free_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data", folder.path().to_str().unwrap()];
    let first = ready(&data, &[]).await;
    let second = start(&data, &[]);
    assert_eq!(second.ended().await.code(), Some(1));
    let says = |line: &String| line.contains("--data") && line.contains("another `cargo dev` uses this folder");
    assert!(second.lines().iter().any(says), "{:?}", second.lines());
    first.signal(Signal::KILL);
    first.ended().await;
    interrupted(ready(&data, &[]).await).await;
}

#[tokio::test]
async fn another_database_is_used_where_the_environment_names_one() {
    let spine = Spine::fresh().await;
    let env = spine.env();
    let names = ["DYNAMODB_ENDPOINT", "USERS_TABLE", "CLAIMS_TABLE", "AUDIT_TABLE", "SYNC_RUNS_TABLE"];
    let variables: Vec<(&str, &str)> = names.iter().map(|name| (*name, env.text(name).unwrap())).collect();
    let program = ready(&[], &variables).await;
    assert_eq!(url(&program, "DynamoDB"), spine.endpoint);
    login(&program, "auth0|somebody").await;
    assert_eq!(spine.items(&spine.tables.users).await.len(), 1);
    interrupted(program).await;
}

#[tokio::test]
async fn a_stand_in_is_left_out_where_its_base_url_is_set_and_a_line_says_so() {
    // Were its flag not ignored, the taken port would end the start.
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let cases = [
        ("stand-in for Auth0", "--auth0", ("AUTH0_ISSUER_BASE_URL", "https://tenant.example/"), "reconcile of Auth0"),
        ("stand-in for Clerk", "--clerk", ("CLERK_API_URL", "https://api.example"), "reconcile of Clerk"),
        ("stand-in for Stripe", "--stripe", ("STRIPE_API_URL", "https://api.example"), "reconcile of Stripe"),
    ];
    for (part, flag, variable, off) in cases {
        let mut arguments: Vec<&str> = PARTS.iter().flat_map(|part| [*part, "127.0.0.1:0"]).collect();
        let place = arguments.iter().position(|argument| *argument == flag).unwrap();
        arguments.splice(place + 1..place + 2, [address.as_str()]);
        let key = if flag == "--stripe" { "STRIPE_SECRET_KEY" } else { "CLERK_SECRET_KEY" };
        let more = [variable, (key, "sk_test_other")];
        let variables = if flag == "--auth0" { &more[..1] } else { &more[..] };
        let program = Program::start(binary("local"), &arguments, variables);
        assert!(program.writes("ready").await, "{}", program.lines().join("\n"));
        assert_eq!(url(&program, part), "left out: its base URL is set, and its flag is ignored");
        let says_off = program.lines().iter().any(|line| line.contains(off) && line.contains("is off"));
        assert_eq!(says_off, flag == "--auth0", "{:?}", program.lines());
        interrupted(program).await;
    }
}

#[tokio::test]
async fn a_variable_that_cannot_be_used_ends_the_start_and_is_named_without_its_value() {
    for (name, value) in [
        ("CLERK_WEBHOOK_SECRET", "whsec_%canary-value"),
        ("RECONCILE_SETTLE_SECONDS", "canary-value"),
        ("DYNAMODB_ENDPOINT", "canary-value"),
        ("AUTH0_ISSUER_BASE_URL", "canary-value"),
        ("AUTH0_ADDITIONAL_ISSUERS", "canary-value"),
    ] {
        let program = start(&[], &[(name, value)]);
        assert_eq!(program.ended().await.code(), Some(1), "{name}: {:?}", program.lines());
        assert!(program.lines().iter().any(|line| line.contains(name)), "{name}: {:?}", program.lines());
        Canaries::new(["canary-value"]).assert_silent(program.lines());
    }
}
