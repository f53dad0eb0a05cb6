//! Lives that end and begin while a key is being linked: nothing lands on the wrong one, and nothing is left behind.

use std::sync::Arc;

use shared::domain::{Identity, LinkOutcome, Outcome, UnlinkOutcome};
use shared::store::Sender;
use tests::interlude::Interlude;
use tests::people::{noon, told};
use tests::sdk;
use tests::spine::text;

use super::stage::{BY, NOW, Stage, customer, key};

/// Plays `act` before request `nth` of `operation` of the stage's store of claims.
fn between(
    stage: &mut Stage,
    (operation, nth): (&str, u32),
    act: impl Future<Output = ()> + Send + 'static,
) -> Interlude {
    let (http, interlude) = Interlude::new(sdk::plain_http());
    interlude.before(operation, nth, act);
    stage.claims = stage.spine.claims_over(http);
    interlude
}

/// The end of somebody's life, and the beginning of the next one.
fn reborn(stage: &Stage, who: &Identity) -> impl Future<Output = ()> + Send + use<> {
    let (users, who) = (stage.spine.users(), who.clone());
    async move {
        users.delete(&who, noon(500), Sender::Reconcile, noon(500)).await.expect("an end");
        let born = users.upsert(&who, &told("zoe", 600, 600, 601), Sender::Login, noon(700)).await;
        assert_eq!(born, Ok(Outcome::Reborn));
    }
}

#[tokio::test]
async fn a_key_does_not_land_on_the_life_that_began_while_it_was_being_linked() {
    for keys in [0, 1] {
        let mut stage = Stage::set().await;
        let ann = stage.person("ann").await;
        for number in 0..keys {
            stage.link_at(&ann, &key(10 + number), noon(100)).await;
        }
        let act = reborn(&stage, &ann);
        let interlude = between(&mut stage, ("TransactWriteItems", 1), act);
        assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::UserGone);
        assert_eq!(interlude.unplayed(), 0);
        assert!(!stage.row(&ann).await.has_claims() && stage.claim(&key(1)).await.is_none());
        assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::Linked, "a new wish is for the new life");
        stage.in_order().await;
    }
}

#[tokio::test]
async fn nothing_lands_on_somebody_who_is_deleted_while_it_is_being_linked() {
    let mut stage = Stage::set().await;
    let ann = stage.person("ann").await;
    let (users, who) = (stage.spine.users(), ann.clone());
    let interlude = between(&mut stage, ("TransactWriteItems", 1), async move {
        users.delete(&who, noon(500), Sender::Reconcile, noon(500)).await.expect("an end");
    });
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::UserGone);
    assert_eq!(interlude.unplayed(), 0);
    assert_eq!(stage.claim(&key(1)).await, None);
    stage.in_order().await;
}

#[tokio::test]
async fn neither_does_a_customer_or_an_unlinking() {
    let mut stage = Stage::set().await;
    let ann = stage.person("ann").await;
    let act = reborn(&stage, &ann);
    between(&mut stage, ("TransactWriteItems", 1), act);
    let set = stage.claims.set_stripe_customer(&ann.user_id(), &customer("a"), None, BY, noon(NOW)).await;
    assert_eq!(set, Ok(shared::domain::CustomerOutcome::UserGone));
    let bob = stage.person("bob").await;
    stage.link_at(&bob, &key(2), noon(100)).await;
    let act = reborn(&stage, &bob);
    between(&mut stage, ("TransactWriteItems", 1), act);
    assert_eq!(stage.unlink(&bob, &key(2)).await, UnlinkOutcome::UserGone);
    stage.in_order().await;
}

#[tokio::test]
async fn a_login_in_between_is_no_conflict() {
    let mut stage = Stage::set().await;
    let ann = stage.person("ann").await;
    let (users, who) = (stage.spine.users(), ann.clone());
    let interlude = between(&mut stage, ("TransactWriteItems", 1), async move {
        users.upsert(&who, &told("anna", 0, 200, 201), Sender::Login, noon(NOW)).await.expect("a login");
    });
    interlude.before("TransactWriteItems", 2, async {});
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::Linked);
    assert_eq!(interlude.unplayed(), 1, "one transaction was enough");
    stage.in_order().await;
}

/// A life ends while somebody links a key to it, before request `nth` of the end.
async fn ended_during(rebirth: bool, keys: u32, (operation, nth): (&str, u32)) {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    for number in 0..keys {
        stage.link_at(&ann, &key(10 + number), noon(100)).await;
    }
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let (claims, id) = (Arc::new(stage.spine.claims()), ann.user_id());
    interlude.before(operation, nth, async move {
        assert_eq!(claims.link(&id, &key(1), BY, noon(200)).await, Ok(LinkOutcome::Linked));
    });
    let users = stage.spine.users_over(http);
    if rebirth {
        let born = users.upsert(&ann, &told("zoe", 600, 600, 601), Sender::Login, noon(700)).await;
        assert_eq!(born, Ok(Outcome::Reborn));
        assert!(!stage.row(&ann).await.has_claims());
    } else {
        users.delete(&ann, noon(500), Sender::Reconcile, noon(700)).await.expect("an end");
    }
    assert_eq!(interlude.unplayed(), 0);
    assert!(stage.claim(&key(1)).await.expect("a claim").contains_key("expires_at"));
    stage.in_order().await;
}

#[tokio::test]
async fn an_end_that_meets_a_claim_just_gained_leaves_none_that_nobody_lists() {
    for keys in [0, 2] {
        ended_during(false, keys, ("UpdateItem", 1)).await;
        ended_during(true, keys, ("UpdateItem", 1)).await;
        ended_during(true, keys, if keys == 0 { ("UpdateItem", 2) } else { ("TransactWriteItems", 1) }).await;
    }
    ended_during(false, 2, ("TransactWriteItems", 1)).await;
}

#[tokio::test]
async fn a_key_of_an_ended_life_that_somebody_else_holds_is_theirs_whatever_becomes_of_the_old_user() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link_at(&ann, &key(1), noon(100)).await;
    stage.delete(&ann, 500).await;
    let late = noon(500).plus(tests::claims::AFTERLIFE);
    assert_eq!(stage.link_at(&bob, &key(1), late).await, LinkOutcome::Linked);
    let theirs = stage.claim(&key(1)).await;
    assert_eq!(text(theirs.as_ref().expect("a claim"), "user_id"), Some(bob.user_id().as_str()));
    stage.delete(&ann, 550).await;
    stage.reborn(&ann, 600).await;
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::Taken(key(1)));
    stage.delete(&ann, 700).await;
    assert_eq!(stage.claim(&key(1)).await, theirs);
    stage.in_order().await;
}

#[tokio::test]
async fn the_next_life_of_the_same_subject_may_claim_anew_what_the_last_one_had() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.link_at(&ann, &key(1), noon(100)).await;
    stage.delete(&ann, 500).await;
    stage.reborn(&ann, 600).await;
    assert_eq!(stage.listed(&ann).await, Vec::<String>::new(), "nothing passes by itself");
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::Linked);
    assert!(!stage.claim(&key(1)).await.expect("a claim").contains_key("expires_at"));
    stage.in_order().await;
}
