//! Each kind of write as the store does it, and the events that it is seen as.

use serde_json::json;
use shared::domain::{Claim, EraseOutcome, Identity, LiftOutcome, LinkOutcome, Operation, PublicKey, StripeCustomer};
use shared::store::{Author, Sender};
use tests::people::{noon, patch, profile, told};
use tests::spine::{auth0, clerk};
use tests::wallet::Wallet;

use super::stage::Stage;

const FACTS: &str = "email,name,emailVerified";

/// Links a key and a customer, each a write of its own.
async fn give(stage: &Stage, who: &Identity, number: u32) -> (PublicKey, StripeCustomer) {
    let (key, customer) = (Wallet::numbered(number).key(), format!("cus_{number}").parse().unwrap());
    let (claims, id) = (stage.spine.claims(), who.user_id());
    assert_eq!(claims.link(&id, &key, Author::Token("shop"), noon(1)).await, Ok(LinkOutcome::Linked));
    claims.set_stripe_customer(&id, &customer, None, Author::Internal, noon(1)).await.unwrap();
    (key, customer)
}

#[tokio::test]
async fn a_life_is_told_from_its_first_login_to_its_end() {
    let (stage, who) = (Stage::set().await, auth0("auth0|ada"));
    let first = stage.heard(stage.tell(&who, &told("ada", -9, -5, 0), Sender::Login, 0)).await;
    assert_eq!(first, [format!("user.created {FACTS}")]);
    let again = stage.heard(stage.tell(&who, &told("ada", -9, -5, 100), Sender::Login, 100)).await;
    assert_eq!(again, [""; 0], "a login alone is nothing");
    let renamed = stage.heard(stage.tell(&who, &told("bea", -9, -4, 200), Sender::Auth0Event, 200)).await;
    assert_eq!(renamed, [format!("user.updated {FACTS}")]);

    let key = Wallet::evm(2).key();
    let link = stage.spine.claims();
    let (id, customer) = (who.user_id(), "cus_2".parse().unwrap());
    let linked = stage.heard(link.link(&id, &key, Author::Token("shop"), noon(300))).await;
    assert_eq!(linked, [format!("key.linked {key}")]);
    let tied = stage.heard(link.set_stripe_customer(&id, &customer, None, Author::Internal, noon(301))).await;
    assert_eq!(tied, ["customer.linked cus_2"]);
    let other = Wallet::evm(4).key();
    let only = stage.heard(link.link_only(&id, &other, Author::Token("shop"), noon(302))).await;
    assert_eq!(only, [format!("key.unlinked {key}"), format!("key.linked {other}")]);

    let users = stage.spine.users();
    let deleted = stage.heard(users.delete(&who, noon(400), Sender::Auth0Event, noon(401))).await;
    let ended =
        [format!("key.unlinked {other}"), "customer.unlinked cus_2".to_owned(), format!("user.deleted {FACTS}")];
    assert_eq!(deleted, ended);
    let expected = [
        "user.created by login",
        "user.updated by auth0-event",
        "key.linked by token:shop",
        "customer.linked by internal",
        "key.unlinked by token:shop",
        "key.linked by token:shop",
        "key.unlinked by auth0-event",
        "customer.unlinked by auth0-event",
        "user.deleted by auth0-event",
    ];
    assert_eq!(stage.history(&who).await, expected);
}

#[tokio::test]
async fn a_new_life_over_a_living_row_ends_first_what_the_last_one_had() {
    let (stage, who) = (Stage::set().await, auth0("auth0|ada"));
    stage.tell(&who, &told("ada", -9, -5, 0), Sender::Login, 0).await;
    let (key, _) = give(&stage, &who, 2).await;
    let reborn = stage.heard(stage.tell(&who, &told("bea", 500, 500, 600), Sender::Login, 600)).await;
    let expected =
        [format!("key.unlinked {key}"), "customer.unlinked cus_2".to_owned(), format!("user.reborn {FACTS}")];
    assert_eq!(reborn, expected);
}

#[tokio::test]
async fn a_tombstone_is_reborn_by_a_new_life_and_lifted_by_proof() {
    let (stage, who, lifted) = (Stage::set().await, auth0("auth0|ada"), clerk("user_bea"));
    let users = stage.spine.users();
    for who in [&who, &lifted] {
        stage.tell(who, &told("ada", -9, -5, 0), Sender::Login, 0).await;
        users.delete(who, noon(10), Sender::Reconcile, noon(11)).await.unwrap();
    }
    let reborn = stage.heard(stage.tell(&who, &told("bea", 500, 500, 600), Sender::Login, 600)).await;
    assert_eq!(reborn, [format!("user.reborn {FACTS}")]);
    let proof = profile("cleo", -9, 20, 30);
    let heard = stage
        .heard(async { assert_eq!(users.lift(&lifted, &proof, noon(30), noon(31)).await, Ok(LiftOutcome::Lifted)) })
        .await;
    assert_eq!(heard, [format!("user.lifted {FACTS}")]);
    assert_eq!(stage.history(&lifted).await, ["user.lifted by reconcile"]);
}

#[tokio::test]
async fn what_an_operator_does_is_seen_as_what_it_does_by_their_name() {
    let (stage, giver, taker) = (Stage::set().await, auth0("auth0|ada"), auth0("auth0|bea"));
    for who in [&giver, &taker] {
        stage.tell(who, &patch("ada"), Sender::Login, 0).await;
    }
    let (key, _) = give(&stage, &giver, 2).await;
    let (actor, reason) = ("eve".parse().unwrap(), "case 7".parse().unwrap());
    let by = |name| Operation { name, actor: &actor, reason: &reason, at: noon(50) };
    let (claims, users) = (stage.spine.claims(), stage.spine.users());
    let (claim, from, to) = (Claim::Key(key), giver.user_id(), taker.user_id());
    let transfer = claims.transfer(&claim, &from, &to, Author::ByHand(by("transfer")), noon(50));
    let mut heard = stage.heard(transfer).await;
    heard.sort();
    assert_eq!(heard, [format!("key.linked {key}"), format!("key.unlinked {key}")]);
    assert_eq!(stage.history(&taker).await, ["key.linked by operator:eve"]);

    let seen = users.by_identity(&giver).await.unwrap().unwrap();
    let erase = async { assert_eq!(users.erase(&seen, by("erase")).await, Ok(EraseOutcome::Erased)) };
    let erased = ["customer.unlinked cus_2".to_owned(), "user.deleted email,name,erased".to_owned()];
    assert_eq!(stage.heard(erase).await, erased);
    let by_eve = ["key.unlinked by operator:eve", "customer.unlinked by operator:eve", "user.deleted by operator:eve"];
    assert_eq!(stage.history(&giver).await, by_eve);
}

#[tokio::test]
async fn a_row_removed_by_hand_is_a_deletion_and_one_that_its_ttl_removes_is_nothing() {
    let (stage, who, dead) = (Stage::set().await, auth0("auth0|ada"), auth0("auth0|dead"));
    stage.tell(&who, &patch("ada"), Sender::Login, 0).await;
    stage.spine.users().delete(&dead, noon(1), Sender::Clerk, noon(1)).await.unwrap();
    let remove = |who: &Identity| {
        let key = aws_sdk_dynamodb::types::AttributeValue::S(who.user_id().to_string());
        stage.spine.client().delete_item().table_name(&stage.spine.tables.users).key("user_id", key).send()
    };
    assert_eq!(stage.heard(remove(&who)).await, ["user.deleted email,name"]);
    assert_eq!(stage.history(&who).await, ["user.deleted by removed-by-hand"]);
    let mut by_ttl = stage.records(remove(&dead)).await;
    by_ttl[0]["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    assert_eq!(stage.hand(&by_ttl).await, [""; 0]);
    assert_eq!((stage.bus.taken().len(), stage.history(&dead).await.len()), (0, 0));
}
