//! Ctrl-C: a run ends cleanly, says how to go on, and the next one goes on.

use tests::program::Signal;

use super::held::Held;
use super::operator::Operator;

#[tokio::test]
async fn ctrl_c_in_the_middle_of_a_listing_ends_a_run_as_unfinished_and_gives_its_lease_back() {
    for signal in [Signal::INT, Signal::TERM] {
        let operator = Operator::start().await;
        operator.lose_messages();
        operator.join("ada");
        let held = Held::start(&operator).await;
        let operator = operator.with("CLERK_API_URL", &held.url());
        let run = operator.begin("apply clerk");
        held.is_asked().await;
        run.signal(signal);
        assert_eq!(run.ended().await.code(), Some(1), "{:?}", run.lines());
        let lines = run.lines();
        let says = |words: &str| lines.iter().any(|line| line.contains(words));
        assert!(says("stopping") && says("nothing is lost") && says("the same command goes on"), "{lines:?}");
        let record = operator.spine("runs --json").await.last();
        assert_eq!((&record["status"], &record["mode"]), (&"unfinished".into(), &"apply".into()), "{record}");

        held.open();
        assert_eq!(operator.spine("apply clerk").await.code, 0);
        assert_eq!(operator.rows().await, 1);
    }
}

#[tokio::test]
async fn a_second_ctrl_c_leaves_at_once() {
    let operator = Operator::start().await;
    // A single question is waited for even after the first one.
    let held = Held::at(&operator, "/v1/instance").await;
    let operator = operator.with("CLERK_API_URL", &held.url());
    let run = operator.begin("check clerk");
    held.is_asked().await;
    run.signal(Signal::INT);
    assert!(run.writes("stopping: what is on its way is finished first; press Ctrl-C again to leave at once").await);
    run.signal(Signal::INT);
    assert_eq!(run.ended().await.code(), Some(1), "{:?}", run.lines());
}
