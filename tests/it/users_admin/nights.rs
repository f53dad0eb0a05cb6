//! Erased while the provider still has them: reported each night, and no night brings them back, for as long as it takes.

use std::time::Duration;

use serde_json::json;
use shared::clock::{Clock, Timestamp};
use shared::domain::Outcome;
use shared::provider::SourceName;
use shared::reconcile::{Mode, Reconciler};
use shared::store::Sender;
use tests::spine::number;

use super::stage::{Stage, now};

const DAY: Duration = Duration::from_secs(86_400);

/// A reconcile on one day.
async fn reconciler(stage: &Stage, clock: &Clock) -> Reconciler {
    Reconciler {
        users: stage.spine.users(),
        runs: stage.spine.runs(),
        source: stage.app.access.source(SourceName::Clerk).await.expect("Clerk"),
        settle: Duration::ZERO,
        clock: clock.clone(),
    }
}

#[tokio::test]
async fn the_tombstone_is_reported_each_night_and_renewed_before_it_ends_so_that_day_31_finds_it() {
    let stage = Stage::set().await;
    let who = stage.join("ada").await;
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    // In whole seconds, as ends are.
    let began = Timestamp::from_millis(now().seconds() * 1000).expect("a time");
    let (clock, mut renewed) = (Clock::standing(began), Vec::new());
    for day in 1..=70_u32 {
        let tonight: Timestamp = began.plus(DAY * day);
        // Whatever TTL would remove by now is gone.
        let expires = number(&stage.item(&who).await, "expires_at").expect("an end");
        assert!(expires > tonight.seconds(), "on day {day} the row would be gone");
        clock.set(tonight);
        let run = reconciler(&stage, &clock).await.run(Mode::Apply).await.expect("a run");
        assert_eq!(json!(run.counts), json!({"erased_but_listed": 1}), "on day {day}");
        assert_eq!(run.notices.len(), 1, "on day {day}");
        assert!(run.in_step, "a notice is no drift");
        match run.outcomes.get("renewed") {
            Some(1) => renewed.push(day),
            other => assert_eq!((other, run.outcomes.len()), (None, 0), "on day {day}"),
        }
        stage.assert_erased(&who, &format!("day {day}")).await;
    }
    assert_eq!(renewed, [24, 48], "a week before its end, and no more often");
    // And the provider's own word, in a webhook of that day, does not wake them.
    let user = stage.clerk().user(who.subject()).expect("a user");
    let row = stage.row(&who).await;
    let facts = shared::domain::Facts::default();
    let told =
        shared::domain::Told::Profile(shared::domain::Profile::new(facts, clock.now(), clock.now(), clock.now()));
    let heard = stage.spine.users().upsert(&who, &told, Sender::Clerk, clock.now()).await;
    assert_eq!((heard, stage.row(&who).await), (Ok(Outcome::Deleted), row), "{}", user.id);
}
