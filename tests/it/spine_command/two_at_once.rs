//! Two operators, one source: one works, the other is told.

use serde_json::json;

use super::held::Held;
use super::operator::Operator;

#[tokio::test]
async fn of_two_syncs_at_once_one_works_and_the_other_is_told_who_and_what_to_do() {
    let operator = Operator::start().await;
    operator.lose_messages();
    operator.join("ada");
    let held = Held::start(&operator).await;
    let operator = operator.with("CLERK_API_URL", &held.url());
    let first = operator.begin("sync clerk --yes --owner ann");
    held.is_asked().await;

    let told = operator.spine("sync clerk --yes").await;
    assert_eq!((told.code, operator.rows().await), (1, 0), "{told:?}");
    assert!(told.has(&["busy", "ann"]) && told.has(&["--owner ann"]) && told.has(&["a minute"]), "{told:?}");
    let told = operator.spine("apply clerk --json").await;
    assert_eq!((told.code, &told.last()["status"], &told.last()["holder"]), (1, &json!("busy"), &json!("ann")));
    assert_eq!(operator.spine("check clerk").await.code, 2, "a check needs no lease");
    let told = operator.spine("doctor").await;
    assert!(told.has(&["lease of clerk", "held by ann"]), "{told:?}");

    held.open();
    assert_eq!(first.ended().await.code(), Some(0), "{:?}", first.lines());
    assert_eq!(operator.rows().await, 1);
    assert_eq!(operator.spine("sync clerk --yes").await.code, 0, "the lease is free again");
}

#[tokio::test]
async fn a_run_that_was_killed_is_taken_over_at_once_by_its_owners_name_and_by_no_other() {
    let operator = Operator::start().await;
    operator.lose_messages();
    operator.join("ada");
    let held = Held::start(&operator).await;
    let operator = operator.with("CLERK_API_URL", &held.url());
    let first = operator.begin("apply clerk --owner ann");
    held.is_asked().await;
    first.signal(tests::program::Signal::KILL);
    first.ended().await;
    assert_eq!(operator.spine("apply clerk").await.code, 1);
    assert_eq!(operator.rows().await, 0);
    assert_eq!(operator.spine("apply clerk --owner ann").await.code, 0);
    assert_eq!(operator.rows().await, 1);
}
