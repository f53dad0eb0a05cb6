//! Scenario 38: a beginning that an administrator moved, and a change before its own beginning.

use shared::domain::{DeleteOutcome, Outcome};
use shared::store::Sender;
use tests::people::{noon, told};
use tests::spine::{Spine, auth0, clerk};

#[tokio::test]
async fn an_administrator_moves_a_clerk_users_beginning_and_it_is_the_same_person_with_their_keys() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let who = clerk("user_moved");
    let upsert = async |created, updated| {
        let told = told("ann", created, updated, updated + 1);
        users.upsert(&who, &told, Sender::Clerk, noon(9_000)).await.expect("the upsert ends")
    };
    assert_eq!(upsert(0, 100).await, Outcome::Created);
    let names = spine.give_claims(&who, 1, Some("cus_ann")).await;
    for (created, updated) in [(90, 200), (-500, 300), (7_000, 400)] {
        assert_eq!(upsert(created, updated).await, Outcome::Updated);
        let row = users.by_identity(&who).await.expect("a read").expect("a row");
        assert_eq!((row.claims().count(), row.provider_created_at), (2, Some(noon(created))));
        assert_eq!(row.created_at, noon(9_000));
    }
    for name in &names {
        assert!(!spine.claim(name).await.expect("a claim").contains_key("expires_at"));
    }
    // Not even a beginning after the deletion saves or revives: a Clerk subject has one life.
    let deleted = users.delete(&who, noon(5_000), Sender::Clerk, noon(9_000)).await;
    assert_eq!(deleted, Ok(DeleteOutcome::Deleted));
    assert_eq!(upsert(8_000, 8_000).await, Outcome::Deleted);
}

#[tokio::test]
async fn a_change_before_its_own_beginning_is_the_same_person_with_their_keys() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    for who in [auth0("auth0|early"), clerk("user_early")] {
        let upsert = async |created, updated, observed| {
            let told = told("ann", created, updated, observed);
            users.upsert(&who, &told, Sender::Reconcile, noon(9_000)).await.expect("the upsert ends")
        };
        assert_eq!(upsert(100, 60, 200).await, Outcome::Created);
        spine.give_claims(&who, 1, Some(&format!("cus_{}", who.user_id()))).await;
        assert_eq!(upsert(100, 60, 201).await, Outcome::Unchanged);
        assert_eq!(upsert(100, 80, 202).await, Outcome::Unchanged);
        assert_eq!(upsert(100, 150, 203).await, Outcome::Unchanged);
        let row = users.by_identity(&who).await.expect("a read").expect("a row");
        assert_eq!((row.claims().count(), row.provider_created_at), (2, Some(noon(100))));
    }
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}
