//! A restore: the same lift as a reconcile's, that an erase does not stop; by the provider's word and no other.

use std::time::Duration;

use local::auth0::{self, LoginBody};
use shared::clock::Clock;
use shared::domain::{DeleteOutcome, Fact, Identity, LinkOutcome, Provider};
use shared::store::Sender;
use tests::people::patch;
use tests::spine::{auth0 as auth0_identity, text};
use users_admin::App;

use super::stage::{Stage, last_operation, now};

#[tokio::test]
async fn an_erased_user_is_back_as_the_provider_has_them_without_what_they_claimed_and_once() {
    let stage = Stage::set().await.behind();
    let who = stage.join("ada").await;
    let key = stage.link(&who, 1).await;
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    let erased_at = stage.row(&who).await.tombstone.expect("an end").identity_deleted_at;
    assert_eq!(stage.restore(&who).await, "restored");
    let (row, item) = (stage.row(&who).await, stage.item(&who).await);
    assert!(row.is_living() && row.facts.text(Fact::Email) == Some("ada@example.com"), "{row:?}");
    assert!(row.public_keys.is_empty() && row.lives_since.is_some_and(|since| since > erased_at));
    for gone in ["erased", "identity_deleted_at", "deleted_at", "expires_at"] {
        assert!(!item.contains_key(gone), "{gone}");
    }
    assert_eq!(text(&item, "changed_by"), Some("operator:eve"));
    assert_eq!(last_operation(&item).0, "restore");
    assert_eq!(stage.restore(&who).await, "already_living");
    assert_eq!(stage.item(&who).await, item);
    // The deletion that the erase was does not kill them again, and the key is anybody's, theirs too.
    let late = stage.spine.users().delete(&who, erased_at, Sender::Clerk, now()).await;
    assert_eq!(late, Ok(DeleteOutcome::Stale));
    assert_eq!(stage.linked(&who, &key).await, LinkOutcome::Linked);
    stage.in_order().await;
}

#[tokio::test]
async fn a_tombstone_that_nobody_erased_is_lifted_too() {
    let stage = Stage::set().await.behind();
    let who = stage.join("ada").await;
    let at = stage.app.clock.now();
    assert_eq!(stage.spine.users().delete(&who, at, Sender::Clerk, at).await, Ok(DeleteOutcome::Deleted));
    assert_eq!(stage.restore(&who).await, "restored");
    assert!(stage.row(&who).await.is_living());
}

#[tokio::test]
async fn without_the_providers_word_nobody_comes_back() {
    let stage = Stage::set().await.behind();
    let who = stage.join("ada").await;
    assert_eq!(stage.restore(&auth0_identity("auth0|unseen")).await, "user_unknown");
    stage.leave_unheard(&who);
    assert_eq!(stage.erase(&who).await, "erased");
    assert_eq!(stage.restore(&who).await, "not_listed");
    stage.assert_erased(&who, "after a refused restore").await;
    let player = Identity::new(Provider::named("game").expect("a realm"), "player-7").expect("a subject");
    stage.spine.users().upsert(&player, &patch("ann"), Sender::Token("shop"), now()).await.expect("a row");
    assert_eq!(stage.restore(&player).await, "already_living");
    assert_eq!(stage.erase(&player).await, "erased");
    assert_eq!(stage.restore(&player).await, "source_not_configured", "nobody can prove that they live");
}

#[tokio::test]
async fn an_erase_by_a_clock_far_ahead_is_not_lifted_before_the_provider_has_come_so_far() {
    let stage = Stage::set().await;
    let who = stage.join("ada").await;
    let ahead = Clock::standing(now().plus(Duration::from_secs(3_600)));
    let stage = Stage { app: App { clock: ahead, ..stage.app }, ..stage };
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    assert_eq!(stage.restore(&who).await, "too_early");
    stage.assert_erased(&who, "after a refused restore").await;
}

#[tokio::test]
async fn a_later_life_at_the_provider_begins_here() {
    let stage = Stage::set().await.behind();
    let (id, who) = ("auth0|ada", auth0_identity("auth0|ada"));
    stage.spine.users().upsert(&who, &patch("eve"), Sender::Login, stage.app.clock.now()).await.expect("a row");
    let at = stage.app.clock.now();
    stage.spine.users().delete(&who, at, Sender::Reconcile, at).await.expect("the deletion ends");
    assert_eq!(stage.erase(&who).await, "erased");
    stage.auth0().create_user(auth0::NewUser::person("ada@example.com", "Ada").with_id(id)).expect("a user");
    assert_eq!(stage.restore(&who).await, "reborn");
    let row = stage.row(&who).await;
    assert_eq!((row.facts.text(Fact::Name), row.lives_since), (Some("Ada"), None));
    stage.auth0().login(id, LoginBody::Profile).await.expect("a login");
    assert!(stage.row(&who).await.is_living());
}
