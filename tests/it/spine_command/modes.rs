//! `check`, `sync` and `apply`: what they write, what they say, and how they end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::operator::Operator;

fn field<'a>(lines: &'a [Value], name: &str) -> Vec<&'a str> {
    lines.iter().filter_map(|line| line[name].as_str()).collect()
}

/// Two who are known, one of whom changed since, and one who is new; nobody was told.
async fn drifted() -> (Operator, [String; 3]) {
    let operator = Operator::start().await;
    let known = operator.join("known");
    let changed = operator.join("changed");
    operator.clerk().idle().await;
    operator.lose_messages();
    operator.rename(&changed, "Other");
    let missing = operator.join("missing");
    operator.clerk().idle().await;
    (operator, [known, changed, missing])
}

#[tokio::test]
async fn a_check_ends_with_2_on_drift_with_0_in_step_and_with_1_on_an_error() {
    let (operator, _) = drifted().await;
    let told = operator.spine("check clerk").await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.has(&["missing", "1", "never seen here", "sync or apply"]), "{told:?}");
    assert!(told.has(&["usr_", "profile_older", "first_name", "changed"]), "{told:?}");
    assert_eq!(told.out.lines().last(), Some("not in step"));
    assert_eq!((operator.rows().await, operator.log().0.len()), (2, 0), "a check writes nothing, and no log");

    assert_eq!(operator.spine("apply clerk").await.code, 0);
    let told = operator.spine("check clerk").await;
    assert_eq!((told.code, told.out.lines().last()), (0, Some("in step")), "{told:?}");

    let operator = operator.with("CLERK_SECRET_KEY", "sk_test_wrong");
    let told = operator.spine("check clerk --json").await;
    assert_eq!(told.code, 1);
    assert_eq!(told.last()["errorType"], "listing_failed");
    assert!(told.err.contains("CLERK_SECRET_KEY"), "{told:?}");
}

#[tokio::test]
async fn a_wrong_command_line_and_a_missing_provider_end_with_1_and_say_what_to_do() {
    let operator = Operator::start().await;
    for wrong in ["check github", "check clerk --only create", "apply clerk --only delete", "apply clerk --owner", ""] {
        assert_eq!(operator.spine(wrong).await.code, 1, "{wrong}");
    }
    let told = operator.with("CLERK_SECRET_KEY", "").spine_without_local("check clerk").await;
    assert_eq!(told.code, 1);
    assert!(told.err.contains("CLERK_SECRET_KEY"), "{told:?}");
}

#[tokio::test]
async fn machines_read_a_line_for_each_finding_and_then_the_functions_answer() {
    let (operator, [_, _, missing]) = drifted().await;
    let told = operator.spine("check clerk --json").await;
    let mut lines = told.json();
    let last = lines.pop().unwrap();
    assert_eq!(field(&lines, "event"), ["finding"; 2]);
    let causes: BTreeSet<_> = field(&lines, "cause").into_iter().collect();
    assert_eq!(causes, BTreeSet::from(["missing", "profile_older"]));
    let missing = tests::spine::clerk(&missing).user_id();
    let finding = lines.iter().find(|line| line["userId"] == missing.as_str()).unwrap();
    assert_eq!((&finding["authProvider"], &finding["settled"]), (&json!("clerk"), &json!(true)));
    assert!(finding["fields"].as_array().unwrap().contains(&json!("email")) && finding.get("written").is_none());

    let event = json!({"source": "clerk", "mode": "check"});
    let mut answer = tests::web::invoke(&operator.system.lambda, "reconcile", &event).await.unwrap();
    let mut last = last;
    assert_ne!(last["runId"].take(), answer["runId"].take());
    assert_eq!(last, answer, "the same shape, and the same figures");

    let applied = operator.spine("apply clerk --yes --json").await;
    let written: BTreeSet<String> = field(&applied.json(), "written").into_iter().map(str::to_owned).collect();
    assert_eq!(written, BTreeSet::from(["created".to_owned(), "updated".to_owned()]));
    assert_eq!(applied.last()["outcomes"], json!({"created": 1, "updated": 1}));
}

#[tokio::test]
async fn a_sync_that_can_ask_nobody_shows_what_differs_and_writes_nothing() {
    let (operator, _) = drifted().await;
    for (arguments, why) in [("sync clerk", "no terminal"), ("sync clerk --json", "--yes")] {
        let told = operator.spine(arguments).await;
        assert_eq!((told.code, operator.rows().await), (1, 2), "{told:?}");
        assert!(told.err.contains("nothing was written") && told.err.contains(why), "{told:?}");
        assert!(told.out.contains("missing") && told.out.contains("email"), "{told:?}");
    }
    assert_eq!(operator.log().1, Vec::<Value>::new());
    let told = operator.spine("sync clerk --yes").await;
    assert_eq!((told.code, operator.rows().await), (0, 3), "{told:?}");
    let told = operator.spine("sync clerk").await;
    assert_eq!((told.code, told.err.contains("nothing was written")), (0, false), "nothing differs: {told:?}");
}

#[tokio::test]
async fn what_was_done_is_in_the_log_an_action_a_line_and_no_check_is() {
    let (operator, _) = drifted().await;
    operator.spine("check clerk").await;
    let first = operator.spine("sync clerk --yes --only create --json").await.last();
    let second = operator.spine("apply clerk --json").await.last();
    let (names, lines) = operator.log();
    let today = shared::clock::Clock::system().now().to_rfc3339();
    assert_eq!(names, [format!("clerk-sync-{}.log", &today[..10])]);
    assert_eq!(field(&lines, "cause"), ["missing", "profile_older"]);
    assert_eq!(field(&lines, "written"), ["created", "updated"]);
    assert_eq!(field(&lines, "runId"), [first["runId"].as_str().unwrap(), second["runId"].as_str().unwrap()]);
    assert!(lines[1]["fields"].as_array().unwrap().contains(&json!("first_name")), "{lines:?}");
    let keys: Vec<_> = lines[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["cause", "fields", "runId", "time", "userId", "written"]);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_ends_it_before_anything_is_done() {
    let (operator, _) = drifted().await;
    std::fs::write(operator.folder.path().join("file"), "").unwrap();
    let told = operator.spine("apply clerk --log-dir file").await;
    assert_eq!((told.code, operator.rows().await), (1, 2), "{told:?}");
    assert!(told.err.contains("--log-dir"), "{told:?}");
    assert_eq!(operator.spine("runs --json").await.out, "", "no run began");
}

#[tokio::test]
async fn a_limit_and_kinds_bound_what_is_written() {
    let (operator, _) = drifted().await;
    let told = operator.spine("apply clerk --only lift --json").await;
    assert_eq!((told.code, &told.last()["outcomes"]), (1, &json!({})));
    let told = operator.spine("apply clerk --limit 1 --json").await;
    let outcomes = told.last()["outcomes"].clone();
    assert_eq!((told.code, outcomes.as_object().unwrap().len()), (1, 1), "{told:?}");
    let told = operator.spine("apply clerk --only create,update --json").await;
    assert_eq!((told.code, &told.last()["inStep"]), (0, &json!(true)), "{told:?}");
}

#[tokio::test]
async fn what_is_too_young_is_told_and_is_no_drift() {
    let (operator, _) = drifted().await;
    let told = operator.spine("check clerk --settle 3600").await;
    assert_eq!((told.code, told.out.lines().last()), (0, Some("in step")), "{told:?}");
    assert!(told.has(&["2 of the differences", "3600 s"]), "{told:?}");
}

#[tokio::test]
async fn orphans_are_reported_with_their_age_and_deleted_by_opt_in_only() {
    let operator = Operator::start().await;
    let ids: Vec<String> = ["one", "two", "three"].map(|name| operator.join(name)).to_vec();
    operator.clerk().idle().await;
    operator.lose_messages();
    operator.clerk().delete_user(&ids[0]).unwrap();
    let told = operator.spine("apply clerk").await;
    assert_eq!(told.code, 1, "an orphan is drift: {told:?}");
    let orphan = tests::spine::clerk(&ids[0]).user_id();
    assert!(told.has(&[orphan.as_str(), "ago", "reported"]), "{told:?}");
    let told = operator.spine("check clerk --json").await;
    let finding = &told.json()[0];
    assert_eq!(finding["cause"], "orphan");
    assert!(finding["createdAt"].as_i64().unwrap() <= finding["lastSeenAt"].as_i64().unwrap(), "{finding}");

    let told = operator.spine("apply clerk --delete-orphans").await;
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.has(&[orphan.as_str(), "deleted"]), "{told:?}");
    assert_eq!(operator.log().1.len(), 1, "only the deletion was written");
}
