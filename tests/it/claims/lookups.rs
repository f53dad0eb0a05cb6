//! Whose is this: the one who lives and lists it, and nobody else.

use std::sync::Arc;

use shared::domain::Identity;
use tests::interlude::Interlude;
use tests::people::noon;
use tests::sdk;

use super::stage::{BY, NOW, Stage, customer, key};

/// Who has key 1, by the look-up.
async fn owner(stage: &Stage) -> Option<Identity> {
    stage.claims.by_public_key(&key(1)).await.expect("a read").map(|user| user.identity)
}

#[tokio::test]
async fn a_key_is_its_living_listers() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    assert_eq!(owner(&stage).await, None);
    stage.link(&ann, &key(1)).await;
    assert_eq!(owner(&stage).await, Some(ann.clone()));
    stage.unlink(&ann, &key(1)).await;
    stage.link(&bob, &key(1)).await;
    assert_eq!(owner(&stage).await, Some(bob.clone()));
    stage.delete(&bob, 500).await;
    assert_eq!(owner(&stage).await, None, "the deleted own nothing");
}

#[tokio::test]
async fn a_customer_is_its_living_listers() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    let set = stage.claims.set_stripe_customer(&ann.user_id(), &customer("a"), None, BY, noon(NOW)).await;
    set.expect("the wish ends");
    let found = stage.claims.by_stripe_customer(&customer("a")).await.expect("a read");
    assert_eq!(found.map(|user| user.identity), Some(ann));
    assert_eq!(stage.claims.by_stripe_customer(&customer("b")).await, Ok(None));
}

#[tokio::test]
async fn a_claim_that_its_owner_does_not_list_is_nobodys() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.spine.put_claim(&format!("public_key#{}", key(1).canonical()), ann.user_id().as_str()).await;
    assert_eq!(owner(&stage).await, None);
    stage.spine.put_claim(&format!("public_key#{}", key(1).canonical()), "usr_nobody").await;
    assert_eq!(owner(&stage).await, None);
}

#[tokio::test]
async fn a_key_that_changes_hands_between_the_two_reads_is_its_new_owners() {
    let mut stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let (beside, from, to) = (Arc::new(stage.spine.claims()), ann.user_id(), bob.user_id());
    interlude.before("GetItem", 2, async move {
        beside.unlink(&from, &key(1), BY, noon(NOW)).await.expect("the unlink ends");
        beside.link(&to, &key(1), BY, noon(NOW)).await.expect("the link ends");
    });
    stage.claims = stage.spine.claims_over(http);
    assert_eq!(owner(&stage).await, Some(bob));
    assert_eq!(interlude.unplayed(), 0);
}

#[tokio::test]
async fn a_key_is_not_nobodys_to_reads_that_meet_its_transfer_halfway() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    // The claim is committed already, and the rows are not.
    stage.spine.put_claim(&format!("public_key#{}", key(1).canonical()), bob.user_id().as_str()).await;
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let spine = Arc::new(stage.spine);
    let (beside, from, to) = (Arc::clone(&spine), ann, bob.clone());
    interlude.before("TransactGetItems", 1, async move {
        let keys = beside.row(&from).await.expect("a row").remove("public_keys").expect("keys");
        beside.set(&to, "public_keys", keys).await;
    });
    let claims = spine.claims_over(http);
    let found = claims.by_public_key(&key(1)).await.expect("a read").map(|user| user.identity);
    assert_eq!((found, interlude.unplayed()), (Some(bob), 0));
}
