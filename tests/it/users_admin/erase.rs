//! An erase: refused while the provider lists the user, unless that is known; and then everything is gone and free.

use serde_json::json;
use shared::domain::{Identity, LinkOutcome, Provider};
use shared::store::Sender;
use tests::people::patch;
use tests::spine::{auth0, number, text};

use super::stage::{Stage, last_operation, now};

#[tokio::test]
async fn it_is_refused_while_the_provider_lists_the_user_and_nothing_is_written() {
    let stage = Stage::set().await;
    let who = stage.join("ada").await;
    let before = stage.item(&who).await;
    assert_eq!(stage.erase(&who).await, "still_listed");
    assert_eq!(stage.item(&who).await, before);
    stage.leave_unheard(&who);
    assert_eq!(stage.erase(&who).await, "erased");
    stage.assert_erased(&who, "once the provider has let go").await;
}

#[tokio::test]
async fn once_forced_the_facts_are_gone_the_claims_are_free_at_once_and_a_repeat_changes_nothing() {
    let stage = Stage::set().await;
    let (who, other) = (stage.join("ada").await, stage.join("bob").await);
    let (key, second) = (stage.link(&who, 1).await, stage.link(&who, 2).await);
    let customer = "cus_1".parse().expect("a customer");
    let by = shared::store::Author::Internal;
    stage.spine.claims().set_stripe_customer(&who.user_id(), &customer, None, by, now()).await.expect("set");
    let before = now();
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    stage.assert_erased(&who, "forced").await;
    let item = stage.item(&who).await;
    assert_eq!(text(&item, "changed_by"), Some("operator:eve"));
    assert_eq!(last_operation(&item), ("erase".to_owned(), "eve".to_owned(), "case 7".to_owned()));
    let (deleted, expires) =
        (number(&item, "deleted_at").expect("a time"), number(&item, "expires_at").expect("a time"));
    assert!((before.millis()..=now().millis()).contains(&deleted), "by our clock");
    assert_eq!(expires - deleted / 1000, 30 * 86_400);
    for key in [key, second] {
        assert_eq!(stage.linked(&other, &key).await, LinkOutcome::Linked, "without a proof, and without waiting");
    }
    let handed = stage.spine.claims().set_stripe_customer(&other.user_id(), &customer, None, by, now()).await;
    assert_eq!(handed, Ok(shared::domain::CustomerOutcome::Set));
    stage.in_order().await;
    for repeat in [stage.erase(&who).await, stage.erase_even_if_listed(&who).await] {
        assert_eq!(repeat, "already_erased");
    }
    assert_eq!(stage.item(&who).await, item);
    stage.in_order().await;
}

#[tokio::test]
async fn a_tombstone_is_erased_too_and_what_was_still_taken_is_free_at_once() {
    let stage = Stage::set().await;
    let (who, other) = (stage.join("ada").await, stage.join("bob").await);
    let key = stage.link(&who, 1).await;
    stage.clerk().delete_user(who.subject()).expect("a user");
    stage.clerk().idle().await;
    assert!(stage.row(&who).await.tombstone.is_some_and(|end| !end.erased));
    assert_eq!(stage.linked(&other, &key).await, LinkOutcome::Taken(key));
    assert_eq!(stage.erase(&who).await, "erased");
    stage.assert_erased(&who, "a tombstone").await;
    assert_eq!(stage.linked(&other, &key).await, LinkOutcome::Linked);
    stage.in_order().await;
}

#[tokio::test]
async fn what_a_tombstone_had_claimed_and_somebody_else_holds_by_now_stays_theirs() {
    let stage = Stage::set().await;
    let (who, other) = (stage.join("ada").await, stage.join("bob").await);
    let key = stage.link(&who, 1).await;
    stage.clerk().delete_user(who.subject()).expect("a user");
    stage.clerk().idle().await;
    let fields = json!({"publicKey": key.to_string(), "fromUserId": who.user_id().as_str(),
        "toUserId": other.user_id().as_str()});
    assert_eq!(stage.ask("transfer", &fields).await.map(|it| it["result"].clone()), Ok("transferred".into()));
    assert_eq!(stage.erase(&who).await, "erased");
    assert_eq!(stage.row(&other).await.public_keys.len(), 1);
    stage.in_order().await;
}

#[tokio::test]
async fn nobody_lists_the_users_of_a_realm_without_a_provider_and_nobody_is_erased_who_is_unknown() {
    let stage = Stage::set().await;
    let player = Identity::new(Provider::named("game").expect("a realm"), "player-7").expect("a subject");
    assert_eq!(stage.erase(&player).await, "user_unknown");
    assert!(stage.spine.row(&player).await.is_none(), "an id does not tell whose it is, so no row is made");
    stage.spine.users().upsert(&player, &patch("ann"), Sender::Token("shop"), now()).await.expect("a row");
    assert_eq!(stage.erase(&player).await, "erased");
    stage.assert_erased(&player, "a player").await;
    assert_eq!(stage.erase_even_if_listed(&auth0("auth0|unseen")).await, "user_unknown");
}
