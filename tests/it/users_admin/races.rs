//! What happens in the very moment of an operation: none of it is undone, none of it outlives it.

use std::sync::Arc;
use std::time::Duration;

use local::clerk::UserPatch;
use local::stand_in::change::Change;
use shared::clock::Clock;
use shared::domain::{DeleteOutcome, EraseOutcome, LiftOutcome, LinkOutcome, Operation, Outcome, Patch, Told};
use shared::store::Sender;
use tests::faults::{Fault, Faults};
use tests::interlude::Interlude;
use tests::people::{facts, noon, profile, told};
use tests::sdk;
use tests::spine::auth0;
use tests::wallet::Wallet;
use users_admin::App;

use super::stage::{Stage, link, now};

/// A stage where something can be played between two requests of the function.
async fn with_interlude() -> (Stage, Interlude) {
    let (http, interlude) = Interlude::new(sdk::plain_http());
    (Stage::over(http).await, interlude)
}

#[tokio::test]
async fn a_login_and_a_webhook_in_between_change_nothing_of_an_erase() {
    let (stage, interlude) = with_interlude().await;
    let who = stage.join("ada").await;
    let (users, whom, clerk) = (stage.spine.users(), who.clone(), stage.clerk().clone());
    interlude.before("UpdateItem", 1, async move {
        // A newer profile moves the row, a login by patch does not.
        let renamed = UserPatch { first_name: Change::from("Other"), ..UserPatch::default() };
        clerk.update_user(whom.subject(), renamed).expect("a user");
        clerk.idle().await;
        let patch = Told::Patch(Patch::new(facts("ada")));
        assert_eq!(users.upsert(&whom, &patch, Sender::Login, now()).await, Ok(Outcome::Updated));
    });
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    assert_eq!(interlude.unplayed(), 0);
    stage.assert_erased(&who, "after a race").await;
}

#[tokio::test]
async fn a_deletion_in_between_becomes_an_erase() {
    let (stage, interlude) = with_interlude().await;
    let who = stage.join("ada").await;
    let clerk = stage.clerk().clone();
    let subject = who.subject().to_owned();
    interlude.before("UpdateItem", 1, async move {
        clerk.delete_user(&subject).expect("a user");
        clerk.idle().await;
    });
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    assert_eq!(interlude.unplayed(), 0);
    stage.assert_erased(&who, "after a race").await;
}

#[tokio::test]
async fn a_key_that_is_linked_in_between_is_free_as_well() {
    let (stage, interlude) = with_interlude().await;
    let (who, other) = (stage.join("ada").await, stage.join("bob").await);
    stage.link(&who, 1).await;
    let (claims, whom, key) = (stage.spine.claims(), who.clone(), Wallet::numbered(2).key());
    interlude.before("TransactWriteItems", 1, async move {
        assert_eq!(link(&claims, &whom, &key).await, LinkOutcome::Linked);
    });
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    assert_eq!(interlude.unplayed(), 0);
    for number in [1, 2] {
        stage.link(&other, number).await;
    }
    stage.in_order().await;
}

#[tokio::test]
async fn a_new_life_in_between_is_looked_at_anew_and_not_erased_by_a_word_on_the_last_one() {
    let (stage, interlude) = with_interlude().await;
    let who = auth0("auth0|ada");
    let users = Arc::new(stage.spine.users());
    users.upsert(&who, &told("ada", 0, 100, 101), Sender::Login, noon(200)).await.expect("a row");
    let (beside, whom, auth) = (Arc::clone(&users), who.clone(), stage.auth0().clone());
    // Nobody of that id is at Auth0 when it is asked; then she signs up, and logs in.
    interlude.before("UpdateItem", 1, async move {
        let new = local::auth0::NewUser::person("ada@example.com", "Ada").with_id("auth0|ada");
        auth.create_user(new).expect("a user");
        let told = told("zoe", 5_000, 5_000, 5_001);
        assert_eq!(beside.upsert(&whom, &told, Sender::Login, noon(5_002)).await, Ok(Outcome::Reborn));
    });
    assert_eq!(stage.erase(&who).await, "still_listed");
    assert_eq!(interlude.unplayed(), 0);
    assert!(stage.row(&who).await.is_living());
}

#[tokio::test]
async fn a_lift_in_between_is_erased_when_that_was_asked_for_and_an_erase_in_between_stops_a_lift() {
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let stage = Stage::set().await.behind();
    let who = stage.join("ada").await;
    let at = stage.app.clock.now().minus(Duration::from_secs(60));
    let users = stage.spine.users();
    let delete = || users.delete(&who, at, Sender::Clerk, at);
    assert_eq!(delete().await, Ok(DeleteOutcome::Deleted));
    let proof = profile("ada", 0, 100, 101);

    // The erase comes between the two requests of a reconcile's lift.
    let (by_hand, whom) = (stage.spine.users(), who.clone());
    let seen = stage.row(&who).await;
    interlude.before("UpdateItem", 1, async move {
        let (actor, reason) = ("eve".parse().expect("a name"), "case 7".parse().expect("a reason"));
        let by = Operation { name: "erase", actor: &actor, reason: &reason, at: now() };
        assert_eq!(by_hand.erase(&seen, by).await, Ok(EraseOutcome::Erased), "{whom:?}");
    });
    let lifting = stage.spine.users_over(http);
    assert_eq!(lifting.lift(&who, &proof, now(), now()).await, Ok(LiftOutcome::Moved));
    assert_eq!(interlude.unplayed(), 0);
    stage.assert_erased(&who, "after a lift that came too late").await;
    assert_eq!(lifting.lift(&who, &proof, now(), now()).await, Ok(LiftOutcome::Refused));

    // The lift comes between the two requests of an erase.
    let (stage, interlude) = with_interlude().await;
    let stage = stage.behind();
    let who = stage.join("ada").await;
    stage.spine.users().delete(&who, at, Sender::Clerk, at).await.expect("the deletion ends");
    let (users, whom) = (stage.spine.users(), who.clone());
    interlude.before("UpdateItem", 1, async move {
        assert_eq!(users.lift(&whom, &proof, now(), now()).await, Ok(LiftOutcome::Lifted));
    });
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    assert_eq!(interlude.unplayed(), 0);
    stage.assert_erased(&who, "after a lift in between").await;
}

#[tokio::test]
async fn of_two_restores_at_once_one_restores_and_the_other_finds_them_living() {
    let stage = Stage::set().await.behind();
    let who = stage.join("ada").await;
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    let (one, other) = tokio::join!(stage.restore(&who), stage.restore(&who));
    let mut ends = [one, other];
    ends.sort();
    assert_eq!(ends, ["already_living", "restored"]);
    assert!(stage.row(&who).await.is_living());
}

#[tokio::test]
async fn a_deletion_between_the_proof_and_the_restore_is_stronger() {
    let (stage, interlude) = with_interlude().await;
    let stage = stage.behind();
    let who = stage.join("ada").await;
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    let clerk = stage.clerk().clone();
    let subject = who.subject().to_owned();
    // The first update of the restore: the one before was the erase.
    interlude.before("UpdateItem", 2, async move {
        clerk.delete_user(&subject).expect("a user");
        clerk.idle().await;
    });
    assert_eq!(stage.restore(&who).await, "not_listed");
    assert_eq!(interlude.unplayed(), 0);
    stage.assert_erased(&who, "after the provider's own deletion").await;
}

#[tokio::test]
async fn a_lost_reply_and_a_conflict_are_no_failure() {
    let (http, faults) = Faults::new(sdk::plain_http(), 3);
    let stage = Stage::over(http).await;
    for (keys, operation) in [(0, "UpdateItem"), (2, "TransactWriteItems")] {
        for fault in [Fault::LostReply, Fault::Conflict, Fault::Throttled, Fault::InternalError, Fault::NeverSent] {
            let past = Clock::standing(now().minus(Duration::from_secs(60)));
            let who = stage.join(&format!("ada-{keys}")).await;
            for number in 0..keys {
                stage.link(&who, number).await;
            }
            let app = App { clock: past, ..App::from_env(&stage.system.env).expect("variables") };
            let app = App { users: stage.app.users.clone(), ..app };
            let ask = async |operation: &str| {
                let event = serde_json::json!({"operation": operation, "actor": "eve", "reason": "case 7",
                    "userId": who.user_id().as_str(), "evenIfListed": true});
                app.handle(event).await.map(|answer| answer["result"].as_str().unwrap_or_default().to_owned())
            };
            faults.fail_next(operation, 1, fault);
            let erased = ask("erase").await.expect("it is erased");
            assert!(["erased", "already_erased"].contains(&erased.as_str()), "{fault:?}: {erased}");
            stage.assert_erased(&who, &format!("{fault:?}")).await;
            faults.fail_next("UpdateItem", 1, fault);
            let restored = ask("restore").await.expect("they are restored");
            assert!(["restored", "already_living"].contains(&restored.as_str()), "{fault:?}: {restored}");
            assert!(stage.row(&who).await.is_living(), "{fault:?}");
            stage.clerk().delete_user(who.subject()).expect("a user");
            stage.clerk().idle().await;
        }
    }
    assert!(faults.injected().len() >= 5, "{:?}", faults.injected());
    stage.in_order().await;
}
