//! Scenarios 1, 2 and 3 at the store: orders, late arrivals and ties of one user's events.

use shared::domain::{DeleteOutcome, Identity, Outcome};
use shared::store::Sender;
use shared::store::Users;
use tests::people::{facts, noon, told};
use tests::spine::{Spine, auth0, clerk, text};

async fn upsert(users: &Users, who: &Identity, name: &str, updated: i64, observed: i64) -> Outcome {
    let told = told(name, 0, updated, observed);
    users.upsert(who, &told, Sender::Reconcile, noon(9_000)).await.expect("the upsert ends")
}

#[tokio::test]
async fn two_updates_in_the_same_millisecond_the_later_observation_wins_in_either_order() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    for (number, order) in [["earlier", "later"], ["later", "earlier"]].into_iter().enumerate() {
        for who in [auth0(&format!("auth0|{number}")), clerk(&format!("user_{number}"))] {
            upsert(&users, &who, "first", 50, 5_000).await;
            for name in order {
                upsert(&users, &who, name, 100, if name == "later" { 151 } else { 150 }).await;
            }
            let row = users.by_identity(&who).await.expect("a read").expect("a row");
            assert_eq!(row.facts, facts("later"));
            assert_eq!(row.profile_version.map(|it| it.observed_at), Some(noon(151)));
        }
    }
}

#[tokio::test]
async fn two_updates_in_the_same_second_both_count_whatever_their_order() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let who = clerk("user_second");
    assert_eq!(upsert(&users, &who, "newer", 900, 1_000).await, Outcome::Created);
    assert_eq!(upsert(&users, &who, "older", 100, 2_000).await, Outcome::Stale, "seen later, and older none the less");
    assert_eq!(upsert(&users, &who, "newest", 901, 1_001).await, Outcome::Updated);
    assert_eq!(users.by_identity(&who).await.expect("a read").map(|row| row.facts), Some(facts("newest")));
}

#[tokio::test]
async fn a_delete_comes_first_and_everything_else_27_hours_later_and_the_user_stays_deleted() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    for who in [auth0("auth0|late"), clerk("user_late")] {
        let deleted = users.delete(&who, noon(500), Sender::Clerk, noon(600)).await;
        assert_eq!(deleted, Ok(DeleteOutcome::Deleted));
        let before = spine.row(&who).await;
        for updated in [0, 100, 200] {
            let told = told("late", 0, updated, updated + 1);
            let late = users.upsert(&who, &told, Sender::Clerk, noon(27 * 3_600_000)).await;
            assert_eq!(late, Ok(Outcome::Deleted));
        }
        assert_eq!(spine.row(&who).await, before);
    }
}

#[tokio::test]
async fn a_new_id_with_the_email_of_a_deleted_user_is_a_second_user() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let (old, new) = (clerk("user_old"), clerk("user_new"));
    upsert(&users, &old, "ann", 0, 1).await;
    users.delete(&old, noon(100), Sender::Clerk, noon(200)).await.expect("the deletion ends");
    assert_eq!(upsert(&users, &new, "ann", 200, 201).await, Outcome::Created);
    assert_ne!(old.user_id(), new.user_id());
    let rows = spine.items(&spine.tables.users).await;
    let emails: Vec<_> = rows.iter().filter_map(|row| text(row, "email")).collect();
    assert_eq!((rows.len(), emails), (2, vec!["ann@example.com"]));
}
