//! Claims in other hands: one transaction, from whoever has it or had it, and from nobody else.

use std::sync::Arc;

use shared::domain::{Claim, Identity, LinkOutcome, TransferOutcome};
use shared::store::Author;
use tests::claims::AFTERLIFE;
use tests::faults::{Fault, Faults};
use tests::interlude::Interlude;
use tests::people::noon;
use tests::sdk;
use tests::spine::{auth0, text};

use super::stage::{BY, NOW, Stage, customer, key, names};

async fn hand(stage: &Stage, number: u32, from: &Identity, to: &Identity) -> TransferOutcome {
    let (from, to) = (from.user_id(), to.user_id());
    let handed = stage.claims.transfer(&Claim::Key(key(number)), &from, &to, Author::Operator("eve"), noon(NOW)).await;
    handed.expect("the transfer ends")
}

#[tokio::test]
async fn a_key_passes_from_the_living_and_its_repeat_changes_nothing() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    stage.link(&ann, &key(2)).await;
    assert_eq!(hand(&stage, 1, &ann, &bob).await, TransferOutcome::Transferred);
    assert_eq!(hand(&stage, 1, &ann, &bob).await, TransferOutcome::AlreadyTheirs);
    assert_eq!((stage.listed(&ann).await, stage.listed(&bob).await), (names(&[2]), names(&[1])));
    assert_eq!(text(&stage.spine.row(&ann).await.expect("a row"), "changed_by"), Some("operator:eve"));
    assert_eq!(hand(&stage, 2, &ann, &bob).await, TransferOutcome::Transferred, "the last one");
    stage.in_order().await;
}

#[tokio::test]
async fn a_transfer_that_meets_its_own_repeat_halfway_looks_again() {
    let mut stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    let (http, faults) = Faults::new(sdk::plain_http(), 1);
    stage.claims = stage.spine.claims_over(http);
    faults.fail_next("TransactWriteItems", 1, Fault::Halfway);
    assert_eq!(hand(&stage, 1, &ann, &bob).await, TransferOutcome::Transferred, "and not that it is not theirs");
    stage.in_order().await;
}

#[tokio::test]
async fn a_customer_passes_to_whoever_has_none() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    for (who, name) in [(&ann, "a"), (&bob, "b")] {
        stage.claims.set_stripe_customer(&who.user_id(), &customer(name), None, BY, noon(NOW)).await.expect("set");
    }
    let eve = stage.person("eve").await;
    let of = |claim: &str| Claim::Customer(customer(claim));
    let (from, to) = (ann.user_id(), bob.user_id());
    let handed = stage.claims.transfer(&of("a"), &from, &to, BY, noon(NOW)).await;
    assert_eq!(handed, Ok(TransferOutcome::Differs));
    let handed = stage.claims.transfer(&of("a"), &from, &eve.user_id(), BY, noon(NOW)).await;
    assert_eq!(handed, Ok(TransferOutcome::Transferred));
    let found = stage.claims.by_stripe_customer(&customer("a")).await.expect("a read");
    assert_eq!(found.map(|user| user.identity), Some(eve));
    stage.in_order().await;
}

#[tokio::test]
async fn a_key_passes_from_the_deleted_until_it_has_run_out() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link_at(&ann, &key(1), noon(100)).await;
    stage.link_at(&ann, &key(2), noon(100)).await;
    stage.delete(&ann, 500).await;
    assert_eq!(hand(&stage, 1, &ann, &bob).await, TransferOutcome::Transferred);
    let (late, from, to) = (noon(500).plus(AFTERLIFE), ann.user_id(), bob.user_id());
    let handed = stage.claims.transfer(&Claim::Key(key(2)), &from, &to, BY, late).await;
    assert_eq!(handed, Ok(TransferOutcome::NotTheirs));
    assert_eq!(stage.listed(&bob).await, names(&[1]));
    stage.in_order().await;
}

#[tokio::test]
async fn what_is_not_the_givers_stays_where_it_is() {
    let stage = Stage::set().await;
    let (ann, bob, eve) = (stage.person("ann").await, stage.person("bob").await, stage.person("eve").await);
    stage.link(&eve, &key(1)).await;
    assert_eq!(hand(&stage, 1, &ann, &bob).await, TransferOutcome::NotTheirs);
    assert_eq!(hand(&stage, 2, &ann, &bob).await, TransferOutcome::NotTheirs, "nobody's");
    assert_eq!(hand(&stage, 1, &auth0("auth0|unseen"), &bob).await, TransferOutcome::NotTheirs);
    assert_eq!(hand(&stage, 2, &ann, &ann).await, TransferOutcome::NotTheirs, "to oneself");
    assert_eq!(hand(&stage, 1, &eve, &auth0("auth0|unseen")).await, TransferOutcome::NoUser);
    stage.delete(&bob, 500).await;
    assert_eq!(hand(&stage, 1, &eve, &bob).await, TransferOutcome::UserGone);
    assert_eq!(stage.listed(&eve).await, names(&[1]));
    stage.in_order().await;
}

#[tokio::test]
async fn the_twenty_first_key_does_not_pass() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    for number in 0..20 {
        stage.link(&bob, &key(number)).await;
    }
    stage.link(&ann, &key(20)).await;
    assert_eq!(hand(&stage, 20, &ann, &bob).await, TransferOutcome::TooMany);
    stage.in_order().await;
}

#[tokio::test]
async fn a_giver_who_unlinks_and_links_anew_in_between_gives_what_they_have_by_then() {
    let mut stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let (beside, id) = (Arc::new(stage.spine.claims()), ann.user_id());
    interlude.before("TransactWriteItems", 1, async move {
        assert_eq!(beside.link(&id, &key(1), BY, noon(NOW)).await, Ok(LinkOutcome::Linked));
    });
    stage.claims = stage.spine.claims_over(http);
    assert_eq!(hand(&stage, 1, &ann, &bob).await, TransferOutcome::Transferred);
    assert_eq!(interlude.unplayed(), 0);
    stage.in_order().await;
}
