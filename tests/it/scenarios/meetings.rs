//! Scenario 4: forty tasks meet one unseen person at the same moment, again and again.

use std::sync::Arc;

use shared::domain::{Identity, Outcome, Told};
use shared::store::{Sender, Users};
use tests::people::{noon, patch, told};
use tests::spine::{Spine, auth0, clerk, soak, text};
use tokio::task::JoinSet;

const TASKS: i64 = 40;

/// What task `number` tells, and as whom: the login Action by both of its bodies, a webhook, a reconcile.
fn message(number: i64, who: &Identity) -> (Told, Sender<'_>) {
    let told = told("ann", 0, 100, 101 + number);
    match (who.provider().as_str(), number % 4) {
        ("auth0", 0) => (patch("ann"), Sender::Login),
        ("auth0", 1) => (told, Sender::Login),
        ("clerk", 0 | 1) => (told, Sender::Clerk),
        _ => (told, Sender::Reconcile),
    }
}

/// Lets all tasks go at once; gives how each ended.
async fn meet(users: &Users, who: &Identity) -> Vec<Outcome> {
    let gate = Arc::new(tokio::sync::Barrier::new(usize::try_from(TASKS).expect("few")));
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        let (users, who, gate) = (users.clone(), who.clone(), Arc::clone(&gate));
        tasks.spawn(async move {
            let (told, sender) = message(number, &who);
            gate.wait().await;
            users.upsert(&who, &told, sender, noon(9_000 + number)).await
        });
    }
    let ended = tasks.join_all().await;
    ended.into_iter().map(|outcome| outcome.expect("all succeed")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn login_webhook_and_reconcile_meet_an_unseen_user_and_make_one_row() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let rounds = soak(1000);
    for round in 0..rounds {
        for who in [auth0(&format!("auth0|{round}")), clerk(&format!("user_{round}"))] {
            let outcomes = meet(&users, &who).await;
            let created = outcomes.iter().filter(|outcome| **outcome == Outcome::Created).count();
            assert_eq!(created, 1, "round {round}: {outcomes:?}");
            let strange = outcomes.iter().find(|outcome| matches!(outcome, Outcome::Deleted | Outcome::Reborn));
            assert_eq!(strange, None, "round {round}: {outcomes:?}");
            let row = spine.row(&who).await.expect("a row");
            assert_eq!(text(&row, "user_id"), Some(who.user_id().as_str()));
            let newest = format!("{}{}", noon(100), noon(101 + TASKS - 1));
            assert_eq!(text(&row, "profile_version"), Some(newest.as_str()), "the newest profile stands");
        }
    }
    let rows = spine.items(&spine.tables.users).await;
    assert_eq!(rows.len(), 2 * usize::try_from(rounds).expect("few"));
}
