//! Each cause of drift by itself: what makes it, what a check says, what an apply does.

use local::auth0::{self, LoginBody};
use local::clerk::{NewUser, UserPatch};
use local::delivery::Faults;
use local::stand_in::change::Change;
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};
use shared::domain::{DeleteOutcome, Fact, Facts, Identity, Patch, Profile, Provider, Told};
use shared::store::Sender;
use tests::spine::{Spine, auth0 as auth0_identity, clerk as clerk_identity, text};

use super::stage::{Report, Stage, is_living, losing, next_millisecond};

/// A check reports it, an apply mends it, and then nothing is left.
async fn assert_found_and_mended(stage: &Stage, source: &str, cause: &str, outcome: &str, listed: u64) {
    let counts: Value = json!({cause: 1});
    let before = stage.users().await;
    let check = stage.run(source, "check").await;
    assert_eq!(check, Report { in_step: false, counts: counts.clone(), ..Report::nothing(listed) });
    assert_eq!(stage.users().await, before);
    let apply = stage.run(source, "apply").await;
    assert_eq!(apply, Report { counts, outcomes: json!({outcome: 1}), ..Report::nothing(listed) });
    let after = stage.users().await;
    assert_eq!(stage.run(source, "apply").await, Report::nothing(listed));
    assert_eq!(stage.users().await, after);
}

async fn deleted(spine: &Spine, identity: &Identity, at: Timestamp) -> DeleteOutcome {
    spine.users().delete(identity, at, Sender::Clerk, Clock::system().now()).await.unwrap()
}

fn minutes_ago(minutes: u64) -> Timestamp {
    Clock::system().now().minus(std::time::Duration::from_secs(60 * minutes))
}

#[tokio::test]
async fn a_tombstone_of_somebody_who_lives_is_lifted_by_proof_and_the_old_deletion_does_not_come_back() {
    let stage = Stage::start().await;
    let user = stage.clerk().create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    stage.clerk().idle().await;
    let (identity, wrong) = (clerk_identity(&user.id), minutes_ago(1));
    assert_eq!(deleted(&stage.spine, &identity, wrong).await, DeleteOutcome::Deleted);

    assert_found_and_mended(&stage, "clerk", "deleted_here", "lifted", 1).await;
    let row = stage.spine.row(&identity).await.unwrap();
    assert!(is_living(&row) && row.contains_key("lives_since"));
    assert_eq!(text(&row, "first_name"), Some("Ada"));
    assert_eq!(deleted(&stage.spine, &identity, wrong).await, DeleteOutcome::Stale);
    assert!(is_living(&stage.spine.row(&identity).await.unwrap()));
}

#[tokio::test]
async fn a_tombstone_that_ended_after_the_proof_stays_and_is_drift_in_every_run() {
    let stage = Stage::start().await;
    let user = stage.clerk().create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    stage.clerk().idle().await;
    let later = Clock::system().now().plus(std::time::Duration::from_secs(3600));
    deleted(&stage.spine, &clerk_identity(&user.id), later).await;
    let before = stage.users().await;
    for _ in 0..2 {
        let (counts, outcomes) = (json!({"deleted_here": 1}), json!({"refused": 1}));
        let expected = Report { in_step: false, counts, outcomes, ..Report::nothing(1) };
        assert_eq!(stage.run("clerk", "apply").await, expected);
        assert_eq!(stage.users().await, before);
    }
}

#[tokio::test]
async fn an_auth0_user_who_was_deleted_and_signed_up_anew_unseen_is_reborn() {
    let stage = Stage::start().await;
    let new = |name| auth0::NewUser::person("ada@example.com", name).with_id("auth0|ada");
    stage.auth0().create_user(new("First life")).unwrap();
    stage.auth0().login("auth0|ada", LoginBody::Profile).await.unwrap();
    let first = stage.spine.row(&auth0_identity("auth0|ada")).await.unwrap();
    next_millisecond().await;
    assert!(stage.auth0().delete_user("auth0|ada"));
    stage.auth0().create_user(new("Second life")).unwrap();

    assert_found_and_mended(&stage, "auth0", "reborn", "reborn", 1).await;
    let second = stage.spine.row(&auth0_identity("auth0|ada")).await.unwrap();
    assert_eq!(text(&second, "name"), Some("Second life"));
    assert!(second["provider_created_at"] != first["provider_created_at"]);
    assert!(!second.contains_key("last_active_at"), "a reconcile is no activity");
}

#[tokio::test]
async fn facts_that_differ_under_the_providers_own_version_are_repaired_by_proof() {
    let stage = Stage::start().await;
    let user = stage.clerk().create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    stage.clerk().idle().await;
    // As if a mapping of an older release had dropped a field.
    let update = stage.spine.client().update_item().table_name(&stage.spine.tables.users);
    let key = aws_sdk_dynamodb::types::AttributeValue::S(clerk_identity(&user.id).user_id().to_string());
    update.key("user_id", key).update_expression("REMOVE last_name").send().await.unwrap();

    assert_found_and_mended(&stage, "clerk", "profile_differs", "repaired", 1).await;
    let row = stage.spine.row(&clerk_identity(&user.id)).await.unwrap();
    assert_eq!(text(&row, "last_name"), Some("L"));
}

#[tokio::test]
async fn a_row_that_knows_a_later_profile_than_the_provider_goes_back_only_by_proof() {
    let stage = Stage::start().await;
    let user = stage.clerk().create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    stage.clerk().idle().await;
    let identity = clerk_identity(&user.id);
    let (now, created_at) = (Clock::system().now(), Timestamp::from_millis(user.created_at).unwrap());
    let later = now.plus(std::time::Duration::from_secs(60));
    let facts = Facts::default().with(Fact::FirstName, Some("Not so".to_owned()));
    let told = Told::Profile(Profile::new(facts, created_at, later, now));
    stage.spine.users().upsert(&identity, &told, Sender::Clerk, now).await.unwrap();

    assert_found_and_mended(&stage, "clerk", "profile_differs", "repaired", 1).await;
    assert_eq!(text(&stage.spine.row(&identity).await.unwrap(), "first_name"), Some("Ada"));
}

#[tokio::test]
async fn a_user_known_by_a_patch_alone_gets_their_first_profile() {
    let stage = Stage::start().await;
    stage.auth0().create_user(auth0::NewUser::person("ada@example.com", "Ada").with_id("auth0|ada")).unwrap();
    stage.auth0().login("auth0|ada", LoginBody::Patch).await.unwrap();
    assert_found_and_mended(&stage, "auth0", "profile_older", "updated", 1).await;
    let row = stage.spine.row(&auth0_identity("auth0|ada")).await.unwrap();
    assert!(row.contains_key("profile_version") && !row.contains_key("patched"));
}

#[tokio::test]
async fn a_change_that_has_not_settled_is_written_and_is_no_drift() {
    let stage = Stage::with([("RECONCILE_SETTLE_SECONDS", "600")]).await;
    let clerk = stage.clerk();
    let known = clerk.create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    clerk.idle().await;
    next_millisecond().await;
    clerk.outbox().set_faults(losing(1.0));
    clerk.create_user(NewUser::person("bob@example.com", "Bob", "L")).unwrap();
    let patch = UserPatch { first_name: Change::from("Changed"), ..UserPatch::default() };
    clerk.update_user(&known.id, patch).unwrap();
    clerk.outbox().set_faults(Faults::default());

    let before = stage.users().await;
    assert_eq!(stage.run("clerk", "check").await, Report::nothing(2));
    assert_eq!(stage.users().await, before);
    let outcomes = json!({"created": 1, "updated": 1});
    assert_eq!(stage.run("clerk", "apply").await, Report { outcomes, ..Report::nothing(2) });
    assert_eq!(stage.users().await.len(), 2);
    assert_eq!(stage.run("clerk", "apply").await, Report::nothing(2));
}

#[tokio::test]
async fn rows_of_another_realm_are_neither_compared_nor_orphans() {
    let stage = Stage::start().await;
    stage.auth0().create_user(auth0::NewUser::person("ada@example.com", "Ada").with_id("auth0|ada")).unwrap();
    stage.auth0().login("auth0|ada", LoginBody::Profile).await.unwrap();
    let game = Identity::new(Provider::named("game").unwrap(), "player-1").unwrap();
    let told = Told::Patch(Patch::new(Facts::default().with(Fact::Name, Some("P".to_owned()))));
    stage.spine.users().upsert(&game, &told, Sender::Login, Clock::system().now()).await.unwrap();
    assert_eq!(stage.run("clerk", "apply").await, Report::nothing(0));
    assert_eq!(stage.run("auth0", "apply").await, Report::nothing(1));
}

#[tokio::test]
async fn an_account_that_was_unlinked_under_its_old_creation_time_is_lifted_and_its_deletion_does_not_come_back() {
    let stage = Stage::start().await;
    stage.auth0().populate(5);
    let all = stage.auth0().list(&auth0::Query::default(), &auth0::PageOf::default()).unwrap().users;
    let (secondary, primary) = (&all[0].user_id, &all[4].user_id);
    assert_eq!(stage.run("auth0", "apply").await.outcomes, json!({"created": 5}));
    stage.auth0().link(primary, secondary).unwrap();
    // Auth0 tells a link as a deletion.
    let (identity, wrong) = (auth0_identity(secondary), Clock::system().now().minus(std::time::Duration::from_secs(2)));
    assert_eq!(deleted(&stage.spine, &identity, wrong).await, DeleteOutcome::Deleted);
    assert_eq!(stage.run("auth0", "apply").await, Report { counts: json!({"linked": 1}), ..Report::nothing(4) });

    stage.auth0().unlink(primary, secondary).unwrap();
    assert_found_and_mended(&stage, "auth0", "deleted_here", "lifted", 5).await;
    assert_eq!(deleted(&stage.spine, &identity, wrong).await, DeleteOutcome::Stale);
    let row = stage.spine.row(&identity).await.unwrap();
    assert!(is_living(&row) && row.contains_key("lives_since"));
}
