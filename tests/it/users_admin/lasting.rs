//! What an operator erased stays erased, whoever comes after.

use local::auth0::{self, LoginBody};
use local::clerk::UserPatch;
use local::delivery::Reply;
use local::stand_in::change::Change;
use serde_json::{Value, json};
use shared::domain::{Identity, Outcome};
use shared::store::Sender;
use tests::people::patch;
use tests::spine::auth0 as auth0_identity;
use tests::web;

use super::stage::{Stage, now};

async fn reconcile(stage: &Stage, source: &str) -> Value {
    web::invoke(&stage.system.lambda, "reconcile", &json!({"source": source, "mode": "apply"})).await.unwrap()
}

/// A reconcile finds nothing to do, and says whom the provider still has.
async fn assert_noticed(stage: &Stage, source: &str, who: &Identity) {
    let run = reconcile(stage, source).await;
    assert_eq!((&run["counts"], &run["outcomes"]), (&json!({"erased_but_listed": 1}), &json!({})), "{run}");
    assert_eq!(run["notices"], json!([{"cause": "erased_but_listed", "userId": who.user_id().as_str()}]));
    stage.assert_erased(who, "after a reconcile").await;
}

#[tokio::test]
async fn no_webhook_no_patch_and_no_reconcile_brings_a_user_of_clerk_back() {
    let stage = Stage::set().await;
    let who = stage.join("ada").await;
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    let renamed = UserPatch { first_name: Change::from("Other"), ..UserPatch::default() };
    stage.clerk().update_user(who.subject(), renamed).expect("a user");
    stage.clerk().idle().await;
    stage.assert_erased(&who, "after a webhook").await;
    let told = stage.spine.users().upsert(&who, &patch("ada"), Sender::Token("shop"), now()).await;
    assert_eq!(told, Ok(Outcome::Deleted));
    assert_noticed(&stage, "clerk", &who).await;
    stage.clerk().delete_user(who.subject()).expect("a user");
    stage.clerk().idle().await;
    stage.assert_erased(&who, "after the deletion that was due").await;
    assert_eq!(reconcile(&stage, "clerk").await["counts"], json!({}));
}

#[tokio::test]
async fn no_login_and_no_reconcile_brings_a_user_of_auth0_back() {
    let stage = Stage::set().await;
    let (id, who) = ("auth0|ada", auth0_identity("auth0|ada"));
    stage.auth0().create_user(auth0::NewUser::person("ada@example.com", "Ada").with_id(id)).expect("a user");
    stage.auth0().login(id, LoginBody::Profile).await.expect("a login");
    assert_eq!(stage.erase(&who).await, "still_listed");
    assert_eq!(stage.erase_even_if_listed(&who).await, "erased");
    for body in [LoginBody::Patch, LoginBody::Profile] {
        let login = stage.auth0().login(id, body).await.expect("a login");
        let Reply::Answered { status: 200, body } = login.reply else { unreachable!("{login:?}") };
        assert!(body.contains(r#""deleted":true"#), "a login is let in, and told: {body}");
        stage.assert_erased(&who, "after a login").await;
    }
    assert_noticed(&stage, "auth0", &who).await;
}

#[tokio::test]
async fn whoever_was_first_seen_a_moment_ago_by_a_short_login_is_not_taken_for_a_new_life() {
    let stage = Stage::set().await;
    let (id, who) = ("auth0|ada", auth0_identity("auth0|ada"));
    // Our clock is behind the provider's: the profile that is still to come begins after the erase.
    let behind = stage.behind();
    behind.spine.users().upsert(&who, &patch("ada"), Sender::Login, behind.app.clock.now()).await.expect("a row");
    assert_eq!(behind.erase(&who).await, "erased");
    let late = behind.app.clock.now().plus(std::time::Duration::from_secs(59));
    let profile = shared::domain::Profile::new(shared::domain::Facts::default(), late, late, late);
    let told = shared::domain::Told::Profile(profile);
    assert_eq!(behind.spine.users().upsert(&who, &told, Sender::Login, late).await, Ok(Outcome::Deleted), "{id}");
}
