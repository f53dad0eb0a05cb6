//! What a user claims ends with the user's life, once, and never touches what is somebody else's.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::domain::{DeleteOutcome, Identity, Outcome, User};
use shared::store::{Sender, Users};
use tests::claims::AFTERLIFE;
use tests::interlude::Interlude;
use tests::people::{noon, told};
use tests::sdk;
use tests::spine::{Item, Spine, auth0, clerk, number, text};

const NOW: i64 = 9_000;

async fn upsert(users: &Users, who: &Identity, name: &str, created: i64, updated: i64) -> Outcome {
    let told = told(name, created, updated, updated + 1);
    users.upsert(who, &told, Sender::Reconcile, noon(NOW)).await.expect("the upsert ends")
}

async fn delete(users: &Users, who: &Identity, at: i64) -> DeleteOutcome {
    users.delete(who, noon(at), Sender::Clerk, noon(NOW)).await.expect("the deletion ends")
}

async fn row(spine: &Spine, who: &Identity) -> User {
    spine.users().by_identity(who).await.expect("a read").expect("a row")
}

async fn claims(spine: &Spine, names: &[String]) -> Vec<Item> {
    let mut items = Vec::new();
    for name in names {
        items.push(spine.claim(name).await.expect("a claim"));
    }
    items
}

/// When claims that end now may go.
fn end() -> i64 {
    noon(NOW).plus(AFTERLIFE).seconds()
}

fn attributes(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_deletion_ends_each_claim_in_48_hours_and_the_tombstone_names_them_and_nothing_else() {
    let spine = Spine::fresh().await;
    for who in [auth0("auth0|ann"), clerk("user_ann")] {
        upsert(&spine.users(), &who, "ann", 0, 100).await;
        let names = spine.give_claims(&who, 3, Some(&format!("cus_{}", who.user_id()))).await;
        assert_eq!(delete(&spine.users(), &who, 200).await, DeleteOutcome::Deleted);
        for claim in claims(&spine, &names).await {
            assert_eq!(number(&claim, "expires_at"), Some(end()));
            assert_eq!(text(&claim, "user_id"), Some(who.user_id().as_str()));
            assert_eq!(number(&claim, "claimed_at"), Some(noon(0).millis()));
        }
        let tombstone = spine.row(&who).await.expect("a tombstone");
        assert_eq!(number(&tombstone, "identity_deleted_at"), Some(noon(200).millis()));
        assert_eq!(number(&tombstone, "deleted_at"), Some(noon(NOW).millis()));
        assert_eq!(number(&tombstone, "expires_at"), Some(noon(NOW).seconds() + 30 * 86_400));
        assert_eq!(row(&spine, &who).await.claims().collect::<BTreeSet<_>>(), names.into_iter().collect());
        let kept = ["user_id", "auth_provider", "auth_subject", "changed_by", "created_at", "identity_deleted_at"];
        let and = ["deleted_at", "expires_at", "public_keys", "stripe_customer_id"];
        let left: BTreeSet<String> = tombstone.into_keys().collect();
        assert_eq!(left, attributes(&[kept.as_slice(), and.as_slice()].concat()));
    }
}

#[tokio::test]
async fn a_claim_that_is_missing_or_somebody_elses_blocks_no_deletion_and_is_left_alone() {
    let spine = Spine::fresh().await;
    let who = auth0("auth0|ann");
    upsert(&spine.users(), &who, "ann", 0, 100).await;
    let names = spine.give_claims(&who, 2, Some("cus_ann")).await;
    let (missing, foreign, own) = (&names[0], &names[1], &names[2]);
    let gone = spine.client().delete_item().table_name(&spine.tables.claims);
    gone.key("claim", AttributeValue::S(missing.clone())).send().await.expect("a claim goes");
    spine.put_claim(foreign, "usr_somebodyelse").await;
    let theirs = spine.claim(foreign).await;
    assert_eq!(delete(&spine.users(), &who, 200).await, DeleteOutcome::Deleted);
    assert!(!row(&spine, &who).await.is_living());
    assert_eq!((spine.claim(missing).await, spine.claim(foreign).await), (None, theirs));
    assert_eq!(number(&spine.claim(own).await.expect("a claim"), "expires_at"), Some(end()));
}

#[tokio::test]
async fn a_life_that_ended_touches_no_claim_again_whoever_holds_it_by_now() {
    let spine = Spine::fresh().await;
    let who = auth0("auth0|ann");
    upsert(&spine.users(), &who, "ann", 0, 100).await;
    let names = spine.give_claims(&who, 2, Some("cus_ann")).await;
    delete(&spine.users(), &who, 200).await;
    // One key is somebody else's by now, and the others run out at the time that they were given.
    spine.put_claim(&names[0], "usr_somebodyelse").await;
    let before = claims(&spine, &names).await;
    let later = noon(NOW + 5_000);
    let again = spine.users().delete(&who, noon(300), Sender::Reconcile, later).await;
    assert_eq!(again, Ok(DeleteOutcome::Deleted), "a later deletion counts");
    assert_eq!(row(&spine, &who).await.tombstone.map(|end| end.identity_deleted_at), Some(noon(300)));
    assert_eq!(claims(&spine, &names).await, before);
    let reborn = spine.users().upsert(&who, &told("zoe", 400, 400, 401), Sender::Login, later).await;
    assert_eq!(reborn, Ok(Outcome::Reborn));
    assert!(!row(&spine, &who).await.has_claims());
    assert_eq!(delete(&spine.users(), &who, 500).await, DeleteOutcome::Deleted);
    assert_eq!(claims(&spine, &names).await, before);
}

/// Ends a life, by deletion or by rebirth, while a second key is linked before request `nth` of `operation`.
async fn raced(spine: &Arc<Spine>, reborn: bool, keys: usize, operation: &str, nth: u32) {
    let who = auth0(&format!("auth0|raced-{reborn}"));
    upsert(&spine.users(), &who, "ann", 0, 100).await;
    if keys > 0 {
        spine.give_claims(&who, keys, None).await;
    }
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let (beside, whom) = (Arc::clone(spine), who.clone());
    interlude.before(operation, nth, async move {
        beside.give_claims(&whom, keys + 1, Some(&format!("cus_{}", whom.user_id()))).await;
    });
    let users = spine.users_over(http);
    if reborn {
        assert_eq!(upsert(&users, &who, "zoe", 500, 500).await, Outcome::Reborn);
        assert!(row(spine, &who).await.is_living() && !row(spine, &who).await.has_claims());
    } else {
        assert_eq!(delete(&users, &who, 200).await, DeleteOutcome::Deleted);
        assert_eq!(row(spine, &who).await.claims().count(), keys + 2);
    }
    assert_eq!(interlude.unplayed(), 0);
    let claims = spine.items(&spine.tables.claims).await;
    let of_them = claims.iter().filter(|claim| text(claim, "user_id") == Some(who.user_id().as_str()));
    let ends: Vec<_> = of_them.map(|claim| number(claim, "expires_at")).collect();
    assert_eq!(ends, vec![Some(end()); keys + 2]);
}

#[tokio::test]
async fn a_claim_linked_between_the_first_write_and_the_transaction_ends_too() {
    let spine = Arc::new(Spine::fresh().await);
    for reborn in [false, true] {
        raced(&spine, reborn, 1, "TransactWriteItems", 1).await;
    }
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_first_claim_linked_at_the_last_moment_ends_too() {
    let spine = Arc::new(Spine::fresh().await);
    // A deletion writes by its first request; a rebirth met the row without claims by then, and writes by its second.
    raced(&spine, false, 0, "UpdateItem", 1).await;
    raced(&spine, true, 0, "UpdateItem", 2).await;
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_deletion_of_somebody_unseen_leaves_a_tombstone_that_no_older_profile_lifts() {
    let spine = Spine::fresh().await;
    for who in [auth0("auth0|unseen"), clerk("user_unseen")] {
        assert_eq!(delete(&spine.users(), &who, 200).await, DeleteOutcome::Deleted);
        assert_eq!(upsert(&spine.users(), &who, "ann", 0, 100).await, Outcome::Deleted);
        assert_eq!(upsert(&spine.users(), &who, "ann", 200, 200).await, Outcome::Deleted, "a tie is no later life");
        let tombstone = row(&spine, &who).await;
        assert!(!tombstone.is_living() && tombstone.facts.iter().next().is_none());
    }
}
