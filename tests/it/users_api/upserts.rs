//! `PUT /v1/users`: what is set, kept and cleared, and by whom.

use serde_json::{Value, json};
use shared::domain::Provider;
use shared::store::Sender;
use tests::doors::{Ask, assert_problem};
use tests::people::{noon, told};
use tests::spine::{auth0, text};
use tests::users_api::{UsersApi, as_service};

use super::api;

fn body(fields: &Value) -> Value {
    let mut body = json!({"authProvider": "auth0", "authSubject": "auth0|ann"});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

async fn upsert(api: &UsersApi, fields: Value) -> Value {
    let answer = api.upsert(&body(&fields)).await;
    assert_eq!(answer.status, 200, "{fields}: {}", answer.text());
    answer.json()
}

async fn document(api: &UsersApi) -> Value {
    api.service("GET", &format!("/v1/users/{}", auth0("auth0|ann").user_id())).await.json()
}

#[tokio::test]
async fn absent_and_empty_keep_null_clears_and_the_row_names_the_token() {
    let (spine, api) = api().await;
    let ann = auth0("auth0|ann");
    let first = json!({"email": "Ann@example.com", "name": "Ann", "firstName": "A", "lastName": "N",
        "nickname": "annie", "username": "ann", "avatarUrl": "https://a.example/p"});
    assert_eq!(upsert(&api, first.clone()).await, json!({"userId": ann.user_id().as_str()}));
    let row = spine.row(&ann).await.unwrap();
    assert_eq!((text(&row, "changed_by"), row.get("last_active_at")), (Some("token:all"), None));
    for (field, value) in first.as_object().unwrap() {
        assert_eq!(document(&api).await[field], *value, "{field}");
    }
    let before = document(&api).await;
    upsert(&api, json!({"name": "", "other": null})).await;
    assert_eq!(document(&api).await, before);
    upsert(&api, json!({"name": null, "email": null, "nickname": "nan"})).await;
    let after = document(&api).await;
    assert_eq!((after.get("name"), after.get("email"), &after["nickname"]), (None, None, &json!("nan")));
    assert_eq!(spine.row(&ann).await.unwrap().get("email_key"), None);
}

#[tokio::test]
async fn another_address_over_a_verified_one_is_not_verified_and_clearing_it_leaves_nothing_of_it() {
    let (spine, api) = api().await;
    let ann = auth0("auth0|ann");
    spine.users().upsert(&ann, &told("ann", 0, 100, 101), Sender::Login, noon(200)).await.unwrap();
    assert_eq!(document(&api).await["emailVerified"], true);
    upsert(&api, json!({"email": "thief@example.com"})).await;
    assert_eq!(
        (&document(&api).await["email"], &document(&api).await["emailVerified"]),
        (&json!("thief@example.com"), &json!(false))
    );
    upsert(&api, json!({"email": "ann@example.com"})).await;
    assert_eq!(document(&api).await["emailVerified"], true);
    upsert(&api, json!({"email": null})).await;
    let row = format!("{:?}", spine.row(&ann).await.unwrap());
    assert!(!row.contains("@example.com"), "{row}");
    // It was a patch: the provider's next word is the whole truth again.
    spine.users().upsert(&ann, &told("ann", 0, 100, 102), Sender::Login, noon(300)).await.unwrap();
    assert_eq!(document(&api).await["emailVerified"], true);
}

#[tokio::test]
async fn any_realm_may_be_told_of_and_a_deleted_user_stays_deleted() {
    let (spine, api) = api().await;
    let game = shared::domain::Identity::new(Provider::named("game").unwrap(), "ünï|#/%").unwrap();
    let answer = api.upsert(&json!({"authProvider": "game", "authSubject": "ünï|#/%"})).await;
    assert_eq!(answer.json()["userId"], "usr_tw34veuqdqbpnxsgtwygluundv");
    assert!(spine.row(&game).await.is_some());
    let ann = auth0("auth0|ann");
    upsert(&api, json!({"name": "Ann"})).await;
    let now = shared::clock::Clock::system().now();
    spine.users().delete(&ann, now, Sender::Reconcile, now).await.unwrap();
    let answer = api.upsert(&body(&json!({"name": "Ann"}))).await;
    assert_problem(&answer, 410, "user_deleted", "a tombstone");
    assert_eq!(spine.row(&ann).await.unwrap().get("name"), None);
}

#[tokio::test]
async fn a_bad_body_writes_nothing_and_is_told_why() {
    let (spine, api) = api().await;
    for (fields, code) in [
        (json!({"authProvider": null}), "field_missing"),
        (json!({"authSubject": ""}), "field_missing"),
        (json!({"authSubject": 5}), "field_invalid"),
        (json!({"authProvider": "g".repeat(65)}), "field_invalid"),
        (json!({"authSubject": "s".repeat(1025)}), "field_invalid"),
        (json!({"name": 5}), "field_invalid"),
        (json!({"email": ["a@example.com"]}), "field_invalid"),
    ] {
        assert_problem(&api.upsert(&body(&fields)).await, 400, code, &fields.to_string());
    }
    let kind = Ask::post("/v1/users", body(&json!({})).to_string()).by("PUT").without("content-type");
    let answer = api.ask(&as_service("all", kind.header("content-type", "text/plain"))).await;
    assert_problem(&answer, 415, "content_type_unsupported", "text");
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn an_over_long_text_is_cut_and_an_over_long_address_keeps_the_stored_one() {
    let (_spine, api) = api().await;
    upsert(&api, json!({"email": "ann@example.com"})).await;
    upsert(&api, json!({"email": "e".repeat(321), "name": "🦀".repeat(300)})).await;
    let document = document(&api).await;
    assert_eq!(document["email"], "ann@example.com");
    assert_eq!(document["name"], "🦀".repeat(256));
}
