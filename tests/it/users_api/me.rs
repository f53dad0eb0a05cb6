//! `GET` and `PUT /v1/me`: users who come by themselves.

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::store::Sender;
use tests::doors::{LoginDoor, assert_problem};
use tests::people::{noon, told};
use tests::spine::{at, auth0, clerk, number, text};

use super::api;

#[tokio::test]
async fn a_user_is_not_provisioned_until_they_come_and_then_themselves() {
    let (spine, api) = api().await;
    let clerks =
        api.clerk_token("user_ann", json!({"given_name": "Ann", "family_name": "N", "email": "a@example.com"}));
    let auth0s = api.auth0_token("auth0|bob", json!({"nickname": "bob"}));
    for (token, who, name) in [(&clerks, clerk("user_ann"), "Ann N"), (&auth0s, auth0("auth0|bob"), "bob")] {
        assert_problem(&api.me("GET", token).await, 404, "not_provisioned", name);
        assert!(spine.row(&who).await.is_none());
        let put = api.me("PUT", token).await;
        assert_eq!((put.status, &put.json()["name"]), (200, &json!(name)), "{}", put.text());
        assert_eq!(put.json()["userId"], who.user_id().as_str());
        assert!(put.json()["lastActiveAt"].is_i64());
        assert_eq!(api.me("GET", token).await.json(), put.json());
        assert_eq!(text(&spine.row(&who).await.unwrap(), "changed_by"), Some("login"));
    }
    let document = api.me("GET", &clerks).await.json();
    assert_eq!((&document["email"], &document["emailVerified"]), (&json!("a@example.com"), &json!(false)));
}

#[tokio::test]
async fn where_a_profile_is_known_a_token_marks_activity_and_changes_no_fact() {
    let (spine, api) = api().await;
    let ann = auth0("auth0|ann");
    spine.users().upsert(&ann, &told("ann", 0, 100, 101), Sender::Reconcile, noon(200)).await.unwrap();
    let before = spine.row(&ann).await.unwrap();
    let token = api.auth0_token("auth0|ann", json!({"name": "Other", "email": "other@example.com"}));
    let answer = api.me("PUT", &token).await;
    assert_eq!((answer.status, &answer.json()["name"]), (200, &json!("ann")));
    let after = spine.row(&ann).await.unwrap();
    assert!(number(&after, "last_active_at") > number(&before, "last_active_at"));
    let facts = |row: &tests::spine::Item| {
        let mut row = row.clone();
        row.retain(|name, _| !matches!(name.as_str(), "last_active_at" | "changed_by"));
        row
    };
    assert_eq!(facts(&after), facts(&before));
}

#[tokio::test]
async fn a_deleted_users_browser_is_told_so_and_nothing_comes_back() {
    let (spine, api) = api().await;
    let token = api.auth0_token("auth0|ann", json!({"name": "Ann"}));
    assert_eq!(api.me("PUT", &token).await.status, 200);
    let now = Clock::system().now();
    spine.users().delete(&auth0("auth0|ann"), now, Sender::Reconcile, now).await.unwrap();
    let tombstone = spine.row(&auth0("auth0|ann")).await;
    for method in ["PUT", "GET", "PUT"] {
        assert_problem(&api.me(method, &token).await, 410, "user_deleted", method);
    }
    assert_eq!(spine.row(&auth0("auth0|ann")).await, tombstone);
}

#[tokio::test]
async fn whoever_acts_in_a_users_place_may_only_read() {
    let (spine, api) = api().await;
    let acting = api.clerk_token("user_ann", json!({"act": {"sub": "user_support"}}));
    assert_problem(&api.me("PUT", &acting).await, 403, "impersonated", "an impersonator");
    assert!(spine.row(&clerk("user_ann")).await.is_none());
    assert_eq!(api.me("PUT", &api.clerk_token("user_ann", json!({}))).await.status, 200);
    let before = spine.row(&clerk("user_ann")).await;
    assert_eq!(api.me("GET", &acting).await.status, 200);
    assert_problem(&api.me("PUT", &acting).await, 403, "impersonated", "an impersonator");
    assert_eq!(spine.row(&clerk("user_ann")).await, before);
}

#[tokio::test]
async fn any_text_a_provider_may_send_is_a_user() {
    let (_spine, api) = api().await;
    let long = format!("{}@{}.example", "e".repeat(64), "x".repeat(181));
    let cases: [(&str, Value); 5] = [
        ("auth0|a|b#c/d%e", json!({})),
        ("auth0|none", json!({"email": null, "name": ""})),
        ("auth0|long", json!({ "email": long })),
        ("auth0|emoji", json!({"name": "👩‍🚀 שלום"})),
        ("auth0|odd", json!({"email": ["x"], "name": 5, "picture": {"a": 1}})),
    ];
    for (subject, claims) in cases {
        let answer = api.me("PUT", &api.auth0_token(subject, claims.clone())).await;
        assert_eq!(answer.status, 200, "{subject}: {}", answer.text());
        let document = answer.json();
        assert_eq!(
            (&document["authSubject"], &document["userId"]),
            (&json!(subject), &json!(auth0(subject).user_id().as_str()))
        );
        for field in ["email", "name"] {
            let told = claims.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
            assert_eq!(document.get(field).and_then(Value::as_str), told, "{subject} {field}");
        }
    }
}

#[tokio::test]
async fn a_login_by_the_short_body_a_profile_and_a_token_take_turns_and_the_name_does_not_flip() {
    let (spine, api) = api().await;
    let door = LoginDoor::new(spine.users(), at(noon(9_000).millis()));
    let ann = auth0("auth0|ann");
    let token = api.auth0_token("auth0|ann", json!({"nickname": "ann"}));
    spine.users().upsert(&ann, &told("ann", 0, 100, 101), Sender::Reconcile, noon(200)).await.unwrap();
    for round in 0..4 {
        let mut body = tests::doors::login("auth0|ann", "ann@example.com");
        body["name"] = json!("ann");
        door.user_id(&body).await;
        assert_eq!(api.me("PUT", &token).await.json()["name"], "ann");
        let again = told("ann", 0, 100 + round, 300 + round);
        spine.users().upsert(&ann, &again, Sender::Reconcile, noon(400)).await.unwrap();
        assert_eq!(api.me("GET", &token).await.json()["name"], "ann");
    }
}
