//! Logins at their door: what a body sets, keeps and removes, and whose row it is.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod counted;
mod facts;
mod identity;

use serde_json::{Value, json};
use shared::clock::Timestamp;
use tests::doors::{ACTION_SECRET, Ask, ISSUER, LoginDoor, assert_problem, login};
use tests::spine::{Item, Spine, at, auth0, number, text};

/// When these tests begin.
const NOW: i64 = 1_770_000_000_000;
const SUBJECT: &str = "auth0|test123";
const USER_ID: &str = "usr_tlrofji4bfbyd37m4eyy3a6ius";

async fn door() -> (Spine, LoginDoor) {
    let spine = Spine::fresh().await;
    let door = LoginDoor::new(spine.users(), at(NOW));
    (spine, door)
}

/// The row of [`SUBJECT`], which must be the only one.
async fn only_row(spine: &Spine) -> Item {
    assert_eq!(spine.items(&spine.tables.users).await.len(), 1);
    spine.row(&auth0(SUBJECT)).await.unwrap()
}

/// A time as Auth0 writes it.
fn rfc3339(millis: i64) -> String {
    Timestamp::from_millis(millis).unwrap().to_rfc3339()
}

/// A login with `user` in it: its facts are those of `facts`, and the times are the provider's.
fn with_user(created_at: i64, updated_at: i64, facts: &Value) -> Value {
    let mut user = facts.clone();
    user["user_id"] = SUBJECT.into();
    user["created_at"] = rfc3339(created_at).into();
    user["updated_at"] = rfc3339(updated_at).into();
    json!({"tokenIdentifier": format!("{ISSUER}|{SUBJECT}"), "user": user})
}

/// The body of the source document's curl, to the byte.
const CURL: &str = r#"{
    "tokenIdentifier": "https://your-tenant.auth0.com/|auth0|test123",
    "email": "test@example.com",
    "name": "Test User"
  }"#;

#[tokio::test]
async fn the_documented_curl_is_answered_with_the_user_id_at_each_repeat() {
    let (spine, door) = door().await;
    for round in 0..5 {
        door.clock.set(at(NOW + round * 1000));
        let answer = door.ask(&Ask::login(ACTION_SECRET, CURL)).await;
        assert_eq!((answer.status, answer.text()), (200, format!(r#"{{"userId":"{USER_ID}"}}"#).as_str()));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let row = only_row(&spine).await;
        assert_eq!(number(&row, "last_active_at"), Some(NOW + round * 1000));
        assert_eq!(number(&row, "created_at"), Some(NOW));
        assert_eq!((text(&row, "email"), text(&row, "name")), (Some("test@example.com"), Some("Test User")));
        assert_eq!((text(&row, "user_id"), text(&row, "changed_by")), (Some(USER_ID), Some("login")));
        assert_eq!((text(&row, "auth_provider"), text(&row, "auth_subject")), (Some("auth0"), Some(SUBJECT)));
        assert_eq!(text(&row, "email_key"), Some("test@example.com"));
        assert!(!row.contains_key("verified_email") && !row.contains_key("profile_version"), "{row:?}");
    }
}

#[tokio::test]
async fn the_documented_curl_works_against_the_whole_system() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let ask = Ask::login("local-action-secret", CURL);
    let mut seen = 0;
    for way in ask.ways() {
        let answer = ask.over(way, &system).await;
        assert_eq!((answer.status, answer.text()), (200, format!(r#"{{"userId":"{USER_ID}"}}"#).as_str()));
        let active = number(&only_row(&spine).await, "last_active_at").unwrap();
        assert!(active >= seen);
        seen = active;
    }
    let wrong = Ask::login("wrong", CURL);
    for way in wrong.ways() {
        assert_problem(&wrong.over(way, &system).await, 401, "unauthorized", "a wrong secret");
    }
    assert_eq!(number(&only_row(&spine).await, "last_active_at"), Some(seen));
}

#[tokio::test]
async fn a_deleted_user_is_told_as_deleted_and_stays_so() {
    let (spine, door) = door().await;
    door.user_id(&login(SUBJECT, "a@example.com")).await;
    let end = at(NOW + 1000);
    let sender = shared::store::Sender::Reconcile;
    spine.users().delete(&auth0(SUBJECT), end, sender, end).await.unwrap();
    let before = only_row(&spine).await;
    door.clock.set(at(NOW + 2000));
    let profile = with_user(NOW - 5000, NOW + 1500, &json!({"email": "a@example.com", "name": "A"}));
    for body in [login(SUBJECT, "a@example.com"), profile] {
        let answer = door.login(&body).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"userId": USER_ID, "deleted": true})));
    }
    assert_eq!(only_row(&spine).await, before);
    assert!(!before.contains_key("email") && before.contains_key("identity_deleted_at"), "{before:?}");
}

#[tokio::test]
async fn only_a_profile_of_a_later_life_brings_a_subject_back() {
    let (spine, door) = door().await;
    door.user_id(&with_user(NOW - 9000, NOW - 9000, &json!({"name": "First"}))).await;
    let end = at(NOW + 1000);
    let sender = shared::store::Sender::Reconcile;
    spine.users().delete(&auth0(SUBJECT), end, sender, end).await.unwrap();
    door.clock.set(at(NOW + 9000));
    let answer = door.login(&with_user(NOW + 8000, NOW + 8000, &json!({"name": "Second"}))).await;
    assert_eq!(answer.json(), json!({"userId": USER_ID}));
    let row = only_row(&spine).await;
    assert_eq!((text(&row, "name"), number(&row, "created_at")), (Some("Second"), Some(NOW + 9000)));
    assert_eq!(number(&row, "last_active_at"), Some(NOW + 9000));
    assert!(!row.contains_key("identity_deleted_at") && !row.contains_key("expires_at"), "{row:?}");
}
