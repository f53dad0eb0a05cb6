//! Keys linked, replaced and unlinked, one after the other.

use shared::domain::{LinkOutcome, PublicKey, UnlinkOutcome};
use tests::claims::AFTERLIFE;
use tests::people::noon;
use tests::spine::{number, text};
use tests::wallet::Wallet;

use super::stage::{BY, NOW, Stage, key, names};

#[tokio::test]
async fn a_linked_key_is_claimed_without_an_end_and_listed_with_its_time() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::Linked);
    let claim = stage.claim(&key(1)).await.expect("a claim");
    assert_eq!(text(&claim, "user_id"), Some(ann.user_id().as_str()));
    assert_eq!(number(&claim, "claimed_at"), Some(noon(NOW).millis()));
    assert_eq!(claim.len(), 3, "{claim:?}");
    let row = stage.row(&ann).await;
    assert_eq!(row.public_keys, [(key(1).canonical(), noon(NOW))].into());
    assert_eq!(text(&stage.spine.row(&ann).await.expect("a row"), "changed_by"), Some("token:shop"));
    stage.in_order().await;
}

#[tokio::test]
async fn what_is_linked_already_stays_as_it_is() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.link(&ann, &key(1)).await;
    let before = (stage.row(&ann).await, stage.claim(&key(1)).await);
    assert_eq!(stage.link_at(&ann, &key(1), noon(NOW + 1)).await, LinkOutcome::AlreadyLinked);
    assert_eq!(stage.link_only(&ann, &key(1)).await, LinkOutcome::AlreadyLinked);
    assert_eq!((stage.row(&ann).await, stage.claim(&key(1)).await), before);
}

#[tokio::test]
async fn a_key_in_two_spellings_is_one_key() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    let spelled = Wallet::evm(1).spelled();
    let checksummed: PublicKey = Wallet::evm(1).key().to_string().parse().expect("EIP-55");
    let upper: PublicKey = format!("0x{}", spelled[2..].to_uppercase()).parse().expect("upper case");
    assert_eq!(stage.link(&ann, &spelled.parse().expect("lower case")).await, LinkOutcome::Linked);
    for same in [checksummed, upper] {
        assert_eq!(stage.link(&ann, &same).await, LinkOutcome::AlreadyLinked);
        assert_eq!(stage.link(&bob, &same).await, LinkOutcome::Taken(same));
    }
    assert!(format!("1{}", Wallet::solana(1).spelled()).parse::<PublicKey>().is_err());
    stage.in_order().await;
}

#[tokio::test]
async fn the_refusal_names_the_key_and_writes_nothing() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    stage.link(&bob, &key(2)).await;
    let before = (stage.spine.row(&bob).await, stage.claim(&key(1)).await, stage.claim(&key(2)).await);
    assert_eq!(stage.link(&bob, &key(1)).await, LinkOutcome::Taken(key(1)));
    assert_eq!(stage.link_only(&bob, &key(1)).await, LinkOutcome::Taken(key(1)));
    assert_eq!((stage.spine.row(&bob).await, stage.claim(&key(1)).await, stage.claim(&key(2)).await), before);
}

#[tokio::test]
async fn this_key_and_no_other_frees_the_others() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    for number in 1..=3 {
        stage.link(&ann, &key(number)).await;
    }
    assert_eq!(stage.link_only(&ann, &key(4)).await, LinkOutcome::Linked);
    assert_eq!(stage.listed(&ann).await, names(&[4]));
    for number in 1..=3 {
        assert_eq!(stage.claim(&key(number)).await, None);
        assert_eq!(stage.link(&bob, &key(number)).await, LinkOutcome::Linked, "free at once");
    }
    assert_eq!(stage.link_only(&bob, &key(2)).await, LinkOutcome::Linked);
    assert_eq!(stage.listed(&bob).await, names(&[2]));
    stage.in_order().await;
}

#[tokio::test]
async fn an_unlinked_key_is_free_at_once() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    for number in 1..=3 {
        stage.link(&ann, &key(number)).await;
    }
    assert_eq!(stage.unlink(&ann, &key(1)).await, UnlinkOutcome::Unlinked);
    assert_eq!(stage.unlink(&ann, &key(1)).await, UnlinkOutcome::NotLinked);
    assert_eq!(stage.unlink(&bob, &key(2)).await, UnlinkOutcome::NotLinked, "somebody else's");
    assert_eq!(stage.listed(&ann).await, names(&[2, 3]));
    assert_eq!(stage.link(&bob, &key(1)).await, LinkOutcome::Linked);
    let id = ann.user_id();
    assert_eq!(stage.claims.unlink_all(&id, BY, noon(NOW)).await, Ok(UnlinkOutcome::Unlinked));
    assert_eq!(stage.claims.unlink_all(&id, BY, noon(NOW)).await, Ok(UnlinkOutcome::NotLinked));
    let row = stage.spine.row(&ann).await.expect("a row");
    assert!(!row.contains_key("public_keys"), "an empty map is no attribute");
    stage.in_order().await;
}

#[tokio::test]
async fn the_twenty_first_key_is_too_many_and_a_replacement_of_twenty_is_not() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    for number in 0..20 {
        assert_eq!(stage.link(&ann, &key(number)).await, LinkOutcome::Linked);
    }
    assert_eq!(stage.link(&ann, &key(20)).await, LinkOutcome::TooMany);
    assert_eq!(stage.link(&ann, &key(19)).await, LinkOutcome::AlreadyLinked);
    assert_eq!(stage.claim(&key(20)).await, None);
    assert_eq!(stage.link_only(&ann, &key(20)).await, LinkOutcome::Linked);
    assert_eq!(stage.listed(&ann).await, names(&[20]));
    stage.in_order().await;
}

#[tokio::test]
async fn nobody_and_the_deleted_are_told_apart_and_gain_nothing() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.delete(&ann, 500).await;
    let unseen = tests::spine::auth0("auth0|unseen");
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::UserGone);
    assert_eq!(stage.unlink(&ann, &key(1)).await, UnlinkOutcome::UserGone);
    assert_eq!(stage.link_only(&unseen, &key(1)).await, LinkOutcome::NoUser);
    assert_eq!(stage.unlink(&unseen, &key(1)).await, UnlinkOutcome::NoUser);
    assert_eq!(stage.claim(&key(1)).await, None);
    assert_eq!(stage.spine.row(&unseen).await, None);
}

#[tokio::test]
async fn what_a_deleted_user_claimed_is_taken_for_48_hours_to_the_second_though_nothing_removes_it() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link_at(&ann, &key(1), noon(100)).await;
    stage.delete(&ann, 500).await;
    let ends = noon(500).plus(AFTERLIFE);
    let before = ends.minus(std::time::Duration::from_secs(1));
    assert_eq!(stage.link_at(&bob, &key(1), before).await, LinkOutcome::Taken(key(1)));
    assert_eq!(stage.link_at(&bob, &key(1), ends).await, LinkOutcome::Linked);
    assert_eq!(text(&stage.claim(&key(1)).await.expect("a claim"), "user_id"), Some(bob.user_id().as_str()));
    stage.in_order().await;
}

#[tokio::test]
async fn a_key_that_a_row_lists_and_somebody_else_owns_can_be_unlinked_and_stays_theirs() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    let names = stage.spine.give_claims(&ann, 2, None).await;
    stage.spine.put_claim(&names[0], "usr_somebodyelse").await;
    let theirs = stage.spine.claim(&names[0]).await;
    assert_eq!(stage.claims.unlink_all(&ann.user_id(), BY, noon(NOW)).await, Ok(UnlinkOutcome::Unlinked));
    assert_eq!((stage.spine.claim(&names[0]).await, stage.spine.claim(&names[1]).await), (theirs, None));
    assert!(!stage.row(&ann).await.has_claims());
}
