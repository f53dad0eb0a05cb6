//! `spine setup clerk`: what to do, and whether the door takes what the secret signs.

use serde_json::json;
use shared::config::dev_defaults;

use super::operator::Operator;

const OTHER: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn operator() -> Operator {
    let operator = Operator::start().await;
    let http = operator.system.http.clone();
    operator.with("SPINE_HTTP_URL", &http)
}

#[tokio::test]
async fn the_right_secret_is_taken_and_nobodys_row_is_touched() {
    let operator = operator().await;
    let told = operator.spine("setup clerk").await;
    assert!(told.code == 0 && told.has(&["ok", "the door takes what this secret signs"]), "{told:?}");
    let url = format!("{}/clerk/webhook", operator.system.http);
    assert!(told.has(&["Endpoint URL", &url]) && told.has(&["user.created, user.updated, user.deleted"]), "{told:?}");
    let told = operator.spine("setup clerk --json").await;
    let events = ["user.created", "user.updated", "user.deleted"];
    assert_eq!(told.json(), [json!({"url": url, "events": events, "check": "accepted"})]);
    assert_eq!(operator.rows().await, 0);
}

#[tokio::test]
async fn each_way_it_can_fail_says_what_to_do_and_never_the_secret() {
    let elsewhere = |operator: &Operator| operator.system.auth0.as_ref().unwrap().1.clone();
    for (secret, url, check, words) in [
        (Some(OTHER), None, "refused", "401"),
        (Some("whsec_%canary"), None, "malformed", "as a whole"),
        (None, Some("http://127.0.0.1:9".to_owned()), "unreachable", "cargo dev"),
        (None, Some(elsewhere(&operator().await)), "another_answer", "without a path"),
    ] {
        let operator = operator().await;
        let operator = if let Some(secret) = secret { operator.with("CLERK_WEBHOOK_SECRET", secret) } else { operator };
        let operator = if let Some(url) = &url { operator.with("SPINE_HTTP_URL", url) } else { operator };
        let told = operator.spine("setup clerk").await;
        assert!(told.code == 1 && told.has(&["fail", words]), "{check}: {told:?}");
        assert!(!told.out.contains("whsec_%") && !told.out.contains(OTHER) && !told.err.contains("canary"), "{told:?}");
        let told = operator.spine("setup clerk --json").await;
        assert_eq!((told.code, &told.last()["check"]), (1, &json!(check)), "{told:?}");
    }
}

#[tokio::test]
async fn a_door_that_awaits_another_instance_is_told_from_one_that_takes_the_event() {
    let secret = dev_defaults().text("CLERK_WEBHOOK_SECRET").unwrap().to_owned();
    let operator = operator().await.with("CLERK_WEBHOOK_SECRET", &secret);
    let of_none = operator.spine_without_local("setup clerk").await;
    let of_another = operator.with("CLERK_INSTANCE_ID", "ins_another").spine("setup clerk").await;
    for told in [of_none, of_another] {
        assert!(told.code == 1 && told.has(&["fail", "set CLERK_INSTANCE_ID", "ClerkEventsForeign"]), "{told:?}");
    }
}

#[tokio::test]
async fn without_a_secret_there_are_instructions_and_by_choice_no_message() {
    let operator = operator().await;
    let told = operator.spine_without_local("setup clerk").await;
    assert!(told.code == 0 && told.has(&["todo", "CLERK_WEBHOOK_SECRET_ARN"]), "{told:?}");
    let told = operator.spine("setup clerk --no-check --url http://127.0.0.1:9").await;
    assert!(told.code == 0 && told.has(&["ok", "was not asked"]), "{told:?}");
}
