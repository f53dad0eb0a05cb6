//! Errors that are worth another attempt: by the same owner, so that it re-enters its own lease.

use tests::step_functions::Pause;

use super::script::{Answer, broken, failed, finished, from_the_start, play, preparing, resumed, unfinished};

/// What the function, or Lambda for it, says when something was away for a moment.
fn away() -> Vec<Answer> {
    let lambda = ["TooManyRequestsException", "ServiceException", "AWSLambdaException", "SdkClientException"];
    let lambda = lambda.map(|error| broken(&format!("Lambda.{error}")));
    let own = ["unavailable", "provider_unavailable", "too_many_failures", "lease_lost"].map(failed);
    own.into_iter().chain(lambda).chain([broken("Lambda.ClientExecutionTimeoutException")]).collect()
}

/// What Lambda or Step Functions says when the function died.
fn died() -> Vec<Answer> {
    ["Sandbox.Timedout", "States.Timeout", "Lambda.Unknown", "Runtime.ExitError", "Runtime.OutOfMemory"]
        .map(broken)
        .into()
}

#[tokio::test]
async fn a_run_that_died_is_repeated_by_the_same_owner() {
    for error in died() {
        let played = play(vec![error, finished(true)]).await;
        assert_eq!(played.asked, [from_the_start(), from_the_start()]);
        assert_eq!(played.execution.pauses, [Pause::Retry(30.0)]);
        assert_eq!(played.last_state(), "InStep");
    }
}

#[tokio::test]
async fn what_was_away_is_tried_again_soon() {
    for error in away() {
        let played = play(vec![error, finished(true)]).await;
        assert_eq!(played.asked, [from_the_start(), from_the_start()]);
        assert_eq!(played.execution.pauses, [Pause::Retry(10.0)]);
        assert_eq!(played.last_state(), "InStep");
    }
}

#[tokio::test]
async fn a_repeat_keeps_the_export() {
    let played = play(vec![preparing("job-1"), broken("Sandbox.Timedout"), finished(true)]).await;
    assert_eq!(played.asked, [from_the_start(), resumed("job-1"), resumed("job-1")]);
}

#[tokio::test]
async fn an_export_that_failed_is_forgotten_and_another_one_begun_once() {
    let played =
        play(vec![preparing("job-1"), failed("export_failed"), preparing("job-2"), unfinished(), finished(true)]).await;
    let asked = [from_the_start(), resumed("job-1"), from_the_start(), resumed("job-2"), from_the_start()];
    assert_eq!(played.asked, asked);
    assert_eq!(played.execution.pauses, [Pause::Wait(30), Pause::Wait(300), Pause::Wait(30)]);
    assert_eq!(played.last_state(), "InStep");

    let failed = || failed("export_failed");
    let played = play(vec![preparing("job-1"), failed(), preparing("job-2"), failed()]).await;
    assert_eq!((played.failure().0, played.last_state()), ("export_failed", "Failed"));
}

#[tokio::test]
async fn patience_grows_and_ends_with_the_error() {
    let played = play(vec![failed("unavailable"); 9]).await;
    assert_eq!(played.failure().0, "unavailable");
    let delays = [10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0].map(Pause::Retry);
    assert_eq!(played.execution.pauses, delays);
    let played = play(vec![broken("Sandbox.Timedout"); 6]).await;
    assert_eq!(played.failure(), ("Sandbox.Timedout", "not the function's own words"));
    assert_eq!(played.execution.pauses, [30.0, 60.0, 120.0, 240.0, 300.0].map(Pause::Retry));
}

#[tokio::test]
async fn an_answer_in_between_renews_the_patience() {
    let mut answers = vec![broken("Sandbox.Timedout"); 5];
    answers.push(unfinished());
    answers.extend(vec![broken("Sandbox.Timedout"); 5]);
    answers.push(finished(true));
    let played = play(answers).await;
    assert_eq!(played.last_state(), "InStep");
    assert!(played.asked.iter().all(|payload| *payload == from_the_start()));
}
