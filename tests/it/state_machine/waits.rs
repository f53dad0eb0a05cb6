//! What is neither an end nor an error: the execution waits, or goes on at once.

use tests::step_functions::Pause;

use super::script::{busy, finished, from_the_start, play, preparing, resumed, unfinished};

#[tokio::test]
async fn an_export_is_waited_for_without_a_function() {
    let played = play(vec![preparing("job-1"), preparing("job-1"), finished(true)]).await;
    assert_eq!(played.asked, [from_the_start(), resumed("job-1"), resumed("job-1")]);
    assert_eq!(played.execution.pauses, [Pause::Wait(30), Pause::Wait(30)]);
    assert_eq!(played.last_state(), "InStep");
}

#[tokio::test]
async fn the_newest_export_is_asked_after() {
    let played = play(vec![preparing("job-1"), preparing("job-2"), finished(true)]).await;
    assert_eq!(played.asked, [from_the_start(), resumed("job-1"), resumed("job-2")]);
}

#[tokio::test]
async fn a_near_deadline_begins_again_at_once_from_the_start() {
    let played = play(vec![unfinished(), unfinished(), finished(false)]).await;
    assert_eq!(played.asked, [from_the_start(), from_the_start(), from_the_start()]);
    assert!(played.execution.pauses.is_empty());
    assert_eq!(played.last_state(), "DriftFound");
}

#[tokio::test]
async fn an_export_that_was_read_is_not_asked_after_again() {
    let played = play(vec![preparing("job-1"), unfinished(), preparing("job-2"), finished(true)]).await;
    assert_eq!(played.asked, [from_the_start(), resumed("job-1"), from_the_start(), resumed("job-2")]);
}

#[tokio::test]
async fn while_another_one_works_it_waits_and_tries_again() {
    let played = play(vec![busy(), busy(), finished(true)]).await;
    assert_eq!(played.asked, [from_the_start(), from_the_start(), from_the_start()]);
    assert_eq!(played.execution.pauses, [Pause::Wait(300), Pause::Wait(300)]);
    assert_eq!(played.last_state(), "InStep");
}

#[tokio::test]
async fn an_export_from_before_another_ones_run_is_forgotten() {
    let played = play(vec![preparing("job-1"), busy(), finished(true)]).await;
    assert_eq!(played.asked, [from_the_start(), resumed("job-1"), from_the_start()]);
}
