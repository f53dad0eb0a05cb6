//! How an execution ends.

use serde_json::json;
use tests::step_functions::End;

use super::script::{answer, busy, failed, finished, from_the_start, play, play_in, play_with, preparing, unfinished};

#[tokio::test]
async fn in_step_is_a_success_with_the_functions_answer() {
    let played = play(vec![finished(true)]).await;
    assert_eq!(played.asked, [from_the_start()]);
    assert_eq!(
        played.execution.end,
        Some(End::Succeeded { state: "InStep".to_owned(), output: answer("finished", true) })
    );
    assert!(played.execution.pauses.is_empty());
}

#[tokio::test]
async fn drift_is_a_success_of_another_name() {
    let played = play(vec![finished(false)]).await;
    assert_eq!(
        played.execution.end,
        Some(End::Succeeded { state: "DriftFound".to_owned(), output: answer("finished", false) })
    );
}

#[tokio::test]
async fn users_who_failed_make_it_a_failure_whatever_else_was_found() {
    for counts in [json!({}), json!({"orphan": 3})] {
        let mut answer = answer("finished", false);
        answer["failures"] = 2.into();
        answer["counts"] = counts;
        let played = play(vec![Ok(answer)]).await;
        assert_eq!((played.failure().0, played.last_state()), ("users_failed", "UsersFailed"));
    }
}

#[tokio::test]
async fn deletions_that_were_withheld_are_drift_and_told() {
    let mut answer = answer("finished", false);
    answer["counts"] = json!({"orphan": 21});
    answer["withheld"] = "few_orphans".into();
    let played = play(vec![Ok(answer.clone())]).await;
    assert_eq!(played.execution.end, Some(End::Succeeded { state: "DriftFound".to_owned(), output: answer }));
}

#[tokio::test]
async fn a_check_that_one_invocation_cannot_finish_ends_for_no_repeat_would_come_further() {
    let played = play_in("check", vec![unfinished()]).await;
    let (error, cause) = played.failure();
    assert!(error == "check_too_long" && cause.contains("spine check"), "{error} {cause}");
    // An export is waited for all the same.
    let played = play_in("check", vec![preparing("job-1"), finished(true)]).await;
    assert_eq!((played.last_state(), played.asked.len()), ("InStep", 2));
}

#[tokio::test]
async fn a_failure_that_no_repeat_mends_ends_at_once_with_its_error_and_cause() {
    for code in ["listing_failed", "foreign_realm", "request_invalid", "source_not_configured"] {
        let played = play(vec![failed(code)]).await;
        let (error, cause) = played.failure();
        assert_eq!(error, code);
        assert_eq!(cause, json!({"errorType": code, "errorMessage": "what to do"}).to_string());
        assert_eq!(played.last_state(), "Failed");
        assert!(played.execution.pauses.is_empty(), "{code}");
    }
}

#[tokio::test]
async fn an_answer_that_nobody_knows_is_a_failure() {
    let played = play(vec![Ok(answer("half", false))]).await;
    assert_eq!(played.failure().0, "answer_unknown");
    let played = play(vec![Ok(json!({"status": "finished"}))]).await;
    assert_eq!(played.failure().0, "States.Runtime");
}

#[tokio::test]
async fn what_never_ends_is_ended_after_six_hours() {
    let played = play_with(async || busy()).await;
    assert_eq!(played.execution.end, Some(End::TimedOut));
    assert!((21_600.0..22_000.0).contains(&played.execution.paused()), "{}", played.execution.paused());
}
