//! Users by e-mail: an address names nobody, it finds all who have it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::domain::{Fact, Facts, Patch, Told};
use shared::store::Sender;
use tests::doors::{Ask, assert_problem};
use tests::people::noon;
use tests::spine::{Spine, auth0};
use tests::users_api::{UsersApi, as_service};

use super::{api, ids};

async fn with_address(spine: &Spine, subject: &str, email: &str) -> String {
    let facts = Facts::default().with(Fact::Email, Some(email.to_owned()));
    let told = Told::Patch(Patch::new(facts));
    spine.users().upsert(&auth0(subject), &told, Sender::Login, noon(0)).await.unwrap();
    auth0(subject).user_id().to_string()
}

async fn page(api: &UsersApi, email: &str, cursor: Option<&str>) -> (Vec<String>, Option<String>) {
    let body = serde_json::json!({ "email": email, "cursor": cursor }).to_string();
    let answer = api.ask(&as_service("reader", Ask::post("/v1/users/lookup", body))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.json();
    (ids(&page), page["cursor"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn all_living_users_of_an_address_are_found_however_it_is_spelled() {
    let (spine, api) = api().await;
    let one = with_address(&spine, "auth0|one", "Ann@Example.com").await;
    let other = with_address(&spine, "auth0|other", " ann@example.com").await;
    with_address(&spine, "auth0|gone", "ann@example.com").await;
    spine.users().delete(&auth0("auth0|gone"), noon(500), Sender::Reconcile, noon(600)).await.unwrap();
    with_address(&spine, "auth0|somebody", "bob@example.com").await;
    let (found, cursor) = page(&api, "ANN@example.COM ", None).await;
    assert_eq!(BTreeSet::from_iter(found), BTreeSet::from([one, other]));
    assert_eq!(cursor, None);
    let endless = "a".repeat(3000);
    for nobody in ["nobody@example.com", " ", &endless] {
        assert_eq!(page(&api, nobody, None).await, (Vec::new(), None), "{nobody:?}");
    }
}

#[tokio::test]
async fn a_row_by_a_foreign_hand_hides_nobody_of_the_same_address() {
    let (spine, api) = api().await;
    let one = with_address(&spine, "auth0|one", "ann@example.com").await;
    with_address(&spine, "auth0|odd", "ann@example.com").await;
    spine.set(&auth0("auth0|odd"), "created_at", AttributeValue::S("yesterday".to_owned())).await;
    assert_eq!(page(&api, "ann@example.com", None).await, (vec![one], None));
}

#[tokio::test]
async fn more_than_a_hundred_come_in_pages_that_survive_writes_in_between() {
    let (spine, api) = api().await;
    let mut all = BTreeSet::new();
    for number in 0..130 {
        all.insert(with_address(&spine, &format!("auth0|{number}"), "shared@example.com").await);
    }
    let (first, cursor) = page(&api, "shared@example.com", None).await;
    assert_eq!(first.len(), 100);
    let cursor = cursor.expect("a cursor");
    // The row behind which the next page begins goes, and another one comes.
    let last = first.last().unwrap().clone();
    let subject = (0..130).map(|number| format!("auth0|{number}"));
    let subject = subject.into_iter().find(|subject| *auth0(subject).user_id().as_str() == last).unwrap();
    spine.users().delete(&auth0(&subject), noon(500), Sender::Reconcile, noon(600)).await.unwrap();
    let (second, end) = page(&api, "Shared@example.com", Some(&cursor)).await;
    assert_eq!((second.len(), end), (30, None));
    assert_eq!(first.into_iter().chain(second).collect::<BTreeSet<_>>(), all);
}

#[tokio::test]
async fn a_cursor_of_another_address_table_or_hand_is_refused() {
    let (spine, api) = api().await;
    for number in 0..101 {
        with_address(&spine, &format!("auth0|{number}"), "shared@example.com").await;
    }
    let cursor = page(&api, "shared@example.com", None).await.1.expect("a cursor");
    let changed = format!("{}{}", if cursor.starts_with('A') { 'B' } else { 'A' }, &cursor[1..]);
    let of_another_table = {
        let id = auth0("auth0|1").user_id();
        shared::store::Cursor::behind(id).seal(&["Claims", "by_email", "shared@example.com"]).unwrap()
    };
    for (email, cursor) in [
        ("other@example.com", cursor.as_str()),
        ("shared@example.com", &changed),
        ("shared@example.com", &cursor[1..]),
        ("shared@example.com", &of_another_table),
        ("shared@example.com", "eyJ1c2VyX2lkIjoieCJ9"),
        ("shared@example.com", ""),
        ("shared@example.com", "../../etc"),
    ] {
        let body = serde_json::json!({ "email": email, "cursor": cursor }).to_string();
        let answer = api.ask(&as_service("reader", Ask::post("/v1/users/lookup", body))).await;
        assert_problem(&answer, 400, "cursor_invalid", cursor);
    }
}

#[tokio::test]
async fn an_unverified_address_equal_to_somebodys_verified_one_links_and_merges_nobody() {
    let (spine, api) = api().await;
    let verified = tests::people::told("ann", 0, 100, 101);
    spine.users().upsert(&auth0("auth0|ann"), &verified, Sender::Login, noon(200)).await.unwrap();
    let body = serde_json::json!({"authProvider": "game", "authSubject": "thief", "email": "ann@example.com"});
    let thief = api.upsert(&body).await.json()["userId"].as_str().unwrap().to_owned();
    assert_ne!(thief, auth0("auth0|ann").user_id().as_str());
    let answer = api.service("GET", "/v1/users?email=ann%40example.com").await.json();
    let verified = |id: &str| {
        let users = answer["users"].as_array().unwrap();
        users.iter().find(|user| user["userId"] == id).map(|user| user["emailVerified"].clone())
    };
    assert_eq!(verified(auth0("auth0|ann").user_id().as_str()), Some(true.into()));
    assert_eq!(verified(&thief), Some(false.into()));
}
