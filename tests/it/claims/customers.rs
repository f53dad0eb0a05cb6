//! The Stripe customer: one a user, one user a customer.

use shared::domain::{CustomerOutcome, Identity};
use tests::claims::AFTERLIFE;
use tests::people::noon;
use tests::spine::{Spine, auth0};

use super::stage::{BY, NOW, Stage, customer};

async fn set(stage: &Stage, who: &Identity, name: &str, replaces: Option<&str>) -> CustomerOutcome {
    let (id, wanted, replaces) = (who.user_id(), customer(name), replaces.map(customer));
    let set = stage.claims.set_stripe_customer(&id, &wanted, replaces.as_ref(), BY, noon(NOW));
    set.await.expect("the wish ends")
}

async fn claimed(spine: &Spine, name: &str) -> bool {
    spine.claim(&format!("stripe_customer#cus_{name}")).await.is_some()
}

#[tokio::test]
async fn a_customer_is_set_where_there_is_none_and_again_to_no_effect() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    assert_eq!(set(&stage, &ann, "a", None).await, CustomerOutcome::Set);
    assert_eq!(set(&stage, &ann, "a", None).await, CustomerOutcome::AlreadySet);
    assert_eq!(stage.row(&ann).await.stripe_customer_id.as_deref(), Some("cus_a"));
    stage.in_order().await;
}

#[tokio::test]
async fn another_one_comes_only_in_place_of_the_one_that_is_named() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    set(&stage, &ann, "a", None).await;
    assert_eq!(set(&stage, &ann, "b", None).await, CustomerOutcome::Differs);
    assert_eq!(set(&stage, &ann, "b", Some("c")).await, CustomerOutcome::Differs);
    assert_eq!(set(&stage, &ann, "b", Some("a")).await, CustomerOutcome::Set);
    assert_eq!(set(&stage, &ann, "b", Some("a")).await, CustomerOutcome::AlreadySet, "its repeat");
    assert!(!claimed(&stage.spine, "a").await && claimed(&stage.spine, "b").await);
    stage.in_order().await;
}

#[tokio::test]
async fn somebody_elses_customer_is_taken_also_after_their_end_until_it_has_run_out() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    set(&stage, &ann, "a", None).await;
    assert_eq!(set(&stage, &bob, "a", None).await, CustomerOutcome::Taken);
    stage.delete(&ann, 500).await;
    assert_eq!(set(&stage, &bob, "a", None).await, CustomerOutcome::Taken);
    let late = noon(500).plus(AFTERLIFE);
    let set = stage.claims.set_stripe_customer(&bob.user_id(), &customer("a"), None, BY, late).await;
    assert_eq!(set, Ok(CustomerOutcome::Set));
    stage.in_order().await;
}

#[tokio::test]
async fn a_key_and_a_customer_do_not_disturb_each_other() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.link(&ann, &super::stage::key(1)).await;
    assert_eq!(set(&stage, &ann, "a", None).await, CustomerOutcome::Set);
    stage.link_only(&ann, &super::stage::key(2)).await;
    let row = stage.row(&ann).await;
    assert_eq!((row.public_keys.len(), row.stripe_customer_id.as_deref()), (1, Some("cus_a")));
    stage.in_order().await;
}

#[tokio::test]
async fn nobody_and_the_deleted_get_none() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.delete(&ann, 500).await;
    assert_eq!(set(&stage, &ann, "a", None).await, CustomerOutcome::UserGone);
    assert_eq!(set(&stage, &auth0("auth0|unseen"), "a", None).await, CustomerOutcome::NoUser);
    assert!(!claimed(&stage.spine, "a").await);
}
