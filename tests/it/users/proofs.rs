//! What the provider's own word may do: mend a profile that is not older, and lift a tombstone.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::domain::{DeleteOutcome, Fact, Identity, LiftOutcome, Outcome, RepairOutcome, User};
use shared::store::{Sender, Users};
use tests::faults::{Fault, Faults};
use tests::people::{facts, noon, patch, profile, told};
use tests::sdk;
use tests::spine::{Spine, auth0, clerk, number};

const NOW: i64 = 9_000;

async fn upsert(users: &Users, who: &Identity, name: &str, created: i64, updated: i64) -> Outcome {
    let told = told(name, created, updated, updated + 1);
    users.upsert(who, &told, Sender::Reconcile, noon(NOW)).await.expect("the upsert ends")
}

async fn delete(users: &Users, who: &Identity, at: i64) -> DeleteOutcome {
    users.delete(who, noon(at), Sender::Clerk, noon(NOW)).await.expect("the deletion ends")
}

async fn row(users: &Users, who: &Identity) -> User {
    users.by_identity(who).await.expect("a read").expect("a row")
}

async fn repair(users: &Users, who: &Identity, seen: &User) -> RepairOutcome {
    users.repair(who, &profile("true", 0, 90, 5_000), seen, noon(NOW)).await.expect("the repair ends")
}

/// A lift by a profile of the life that began at 0, answered at `answered`.
async fn lift(users: &Users, who: &Identity, answered: i64) -> LiftOutcome {
    let profile = profile("back", 0, 100, answered);
    users.lift(who, &profile, noon(answered), noon(NOW)).await.expect("the lift ends")
}

#[tokio::test]
async fn a_repair_goes_back_in_time_over_the_version_that_was_seen_and_over_no_other() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let who = auth0("auth0|ann");
    upsert(&users, &who, "false", 0, 100).await;
    spine.give_claims(&who, 1, Some("cus_ann")).await;
    let seen = row(&users, &who).await;
    upsert(&users, &who, "newer", 0, 200).await;
    let newer = row(&users, &who).await;
    assert_eq!(repair(&users, &who, &seen).await, RepairOutcome::Moved);
    assert_eq!(row(&users, &who).await, newer);
    assert_eq!(repair(&users, &who, &newer).await, RepairOutcome::Repaired);
    let mended = row(&users, &who).await;
    assert_eq!((&mended.facts, mended.profile_version.map(|it| it.updated_at)), (&facts("true"), Some(noon(90))));
    assert_eq!((mended.public_keys, mended.stripe_customer_id), (seen.public_keys, seen.stripe_customer_id));
}

#[tokio::test]
async fn a_repair_over_a_patch_brings_the_providers_facts_back() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let who = auth0("auth0|ann");
    upsert(&users, &who, "true", 0, 90).await;
    users.upsert(&who, &patch("other"), Sender::Login, noon(NOW)).await.expect("a patch");
    let seen = row(&users, &who).await;
    assert_eq!((seen.patched, seen.facts.text(Fact::Name)), (true, Some("other")));
    assert_eq!(repair(&users, &who, &seen).await, RepairOutcome::Repaired);
    let mended = row(&users, &who).await;
    assert_eq!((mended.patched, mended.facts, mended.last_active_at), (false, facts("true"), Some(noon(NOW))));
}

#[tokio::test]
async fn a_repair_meets_neither_a_tombstone_nor_a_row_that_got_its_first_profile() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let (gone, known) = (auth0("auth0|gone"), auth0("auth0|known"));
    for who in [&gone, &known] {
        users.upsert(who, &patch("ann"), Sender::Login, noon(NOW)).await.expect("a patch");
    }
    let (seen_gone, seen_known) = (row(&users, &gone).await, row(&users, &known).await);
    assert_eq!(delete(&users, &gone, NOW).await, DeleteOutcome::Deleted);
    upsert(&users, &known, "profile", 0, 80).await;
    assert_eq!(repair(&users, &gone, &seen_gone).await, RepairOutcome::Moved);
    assert_eq!(repair(&users, &known, &seen_known).await, RepairOutcome::Moved);
    assert_eq!(repair(&users, &auth0("auth0|unseen"), &seen_known).await, RepairOutcome::Moved);
    assert!(!row(&users, &gone).await.is_living());
    assert_eq!(row(&users, &known).await.facts, facts("profile"));
    assert_eq!(users.by_identity(&auth0("auth0|unseen")).await, Ok(None));
}

#[tokio::test]
async fn only_a_proof_later_than_the_deletion_lifts_it_and_old_claims_stay_behind() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    for who in [auth0("auth0|ann"), clerk("user_ann")] {
        upsert(&users, &who, "ann", 0, 100).await;
        spine.give_claims(&who, 1, Some(&format!("cus_{}", who.user_id()))).await;
        delete(&users, &who, 300).await;
        let tombstone = row(&users, &who).await;
        for too_early in [100, 299, 300] {
            assert_eq!(lift(&users, &who, too_early).await, LiftOutcome::Refused);
        }
        assert_eq!(row(&users, &who).await, tombstone);
        assert_eq!(lift(&users, &who, 301).await, LiftOutcome::Lifted);
        let back = row(&users, &who).await;
        assert!(back.is_living() && !back.has_claims());
        assert_eq!((back.facts, back.lives_since, back.created_at), (facts("back"), Some(noon(301)), noon(NOW)));
        let item = spine.row(&who).await.expect("a row");
        assert_eq!((number(&item, "expires_at"), number(&item, "deleted_at")), (None, None), "it must not expire");
        assert_eq!(lift(&users, &who, 400).await, LiftOutcome::Moved, "there is nothing to lift");
    }
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_same_deletion_once_more_does_not_kill_whom_a_proof_brought_back() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    for who in [auth0("auth0|ann"), clerk("user_ann")] {
        upsert(&users, &who, "ann", 0, 100).await;
        delete(&users, &who, 300).await;
        assert_eq!(lift(&users, &who, 500).await, LiftOutcome::Lifted);
        for not_after_the_proof in [300, 499, 500] {
            assert_eq!(delete(&users, &who, not_after_the_proof).await, DeleteOutcome::Stale);
        }
        assert!(row(&users, &who).await.is_living());
        assert_eq!(delete(&users, &who, 501).await, DeleteOutcome::Deleted, "they may die again");
        assert!(!row(&users, &who).await.is_living());
    }
}

#[tokio::test]
async fn what_an_operator_erased_is_not_lifted_and_a_later_life_is_no_lift() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let who = auth0("auth0|ann");
    upsert(&users, &who, "ann", 0, 100).await;
    delete(&users, &who, 300).await;
    let later_life = profile("zoe", 400, 400, 500);
    assert_eq!(users.lift(&who, &later_life, noon(500), noon(NOW)).await, Ok(LiftOutcome::Moved));
    assert_eq!(users.lift(&auth0("auth0|unseen"), &later_life, noon(500), noon(NOW)).await, Ok(LiftOutcome::Moved));
    spine.set(&who, "erased", AttributeValue::Bool(true)).await;
    assert_eq!(lift(&users, &who, 500).await, LiftOutcome::Refused);
    assert_eq!(delete(&users, &who, 350).await, DeleteOutcome::Deleted);
    assert!(row(&users, &who).await.tombstone.is_some_and(|end| end.erased), "a later deletion keeps the erasure");
    assert_eq!(upsert(&users, &who, "zoe", 400, 400).await, Outcome::Reborn);
    assert!(!spine.row(&who).await.expect("a row").contains_key("erased"));
}

#[tokio::test]
async fn a_proof_whose_reply_is_lost_finds_its_own_effect() {
    let spine = Spine::fresh().await;
    let who = auth0("auth0|ann");
    upsert(&spine.users(), &who, "false", 0, 100).await;
    let seen = row(&spine.users(), &who).await;
    let (http, faults) = Faults::new(sdk::plain_http(), 1);
    let users = spine.users_over(http);
    faults.fail_next("UpdateItem", 1, Fault::LostReply);
    assert_eq!(repair(&users, &who, &seen).await, RepairOutcome::Repaired);
    delete(&users, &who, 300).await;
    faults.fail_next("UpdateItem", 1, Fault::LostReply);
    assert_eq!(lift(&users, &who, 500).await, LiftOutcome::Lifted);
    assert_eq!(faults.injected()[&Fault::LostReply], 2);
}
