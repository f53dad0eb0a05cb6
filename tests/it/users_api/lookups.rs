//! Users by id and by identity.

use serde_json::{Value, json};
use shared::domain::Identity;
use shared::store::Sender;
use tests::doors::{Ask, assert_problem};
use tests::people::{noon, told};
use tests::spine::{Spine, auth0, clerk};
use tests::users_api::{UsersApi, as_service};

use super::{api, ids};

async fn known(spine: &Spine, who: &Identity, name: &str) {
    spine.users().upsert(who, &told(name, 0, 100, 101), Sender::Login, noon(9_000)).await.unwrap();
}

async fn gone(spine: &Spine, who: &Identity) {
    known(spine, who, "gone").await;
    spine.users().delete(who, noon(9_500), Sender::Reconcile, noon(9_600)).await.unwrap();
}

async fn page(api: &UsersApi, query: &str) -> Value {
    let answer = api.service("GET", &format!("/v1/users?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

async fn lookup(api: &UsersApi, filter: &Value) -> Value {
    let answer = api.ask(&as_service("all", Ask::post("/v1/users/lookup", filter.to_string()))).await;
    assert_eq!(answer.status, 200, "{filter}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_user_is_told_by_id_whole_and_a_deleted_one_is_gone() {
    let (spine, api) = api().await;
    let (ann, bob) = (clerk("user_ann"), clerk("user_bob"));
    known(&spine, &ann, "ann").await;
    gone(&spine, &bob).await;
    let answer = api.service("GET", &format!("/v1/users/{}", ann.user_id())).await;
    let expected = json!({
        "userId": ann.user_id().as_str(), "authProvider": "clerk", "authSubject": "user_ann",
        "tokenIdentifier": api.realms.token_identifier(&ann).unwrap(), "clerkUserId": "user_ann",
        "email": "ann@example.com", "emailVerified": true, "name": "ann", "publicKeys": [],
        "createdAt": noon(9_000).millis(), "providerCreatedAt": noon(0).millis(), "updatedAt": noon(100).millis(),
        "lastActiveAt": noon(9_000).millis(),
    });
    assert_eq!((answer.status, answer.json()), (200, expected));
    let answer = api.service("GET", &format!("/v1/users/{}", bob.user_id())).await;
    assert_problem(&answer, 410, "user_deleted", "a tombstone");
    for nobody in [auth0("auth0|x").user_id().as_str(), "usr_x", "%FF", "%00", "me"] {
        let answer = api.service("GET", &format!("/v1/users/{nobody}")).await;
        assert_problem(&answer, 404, "user_unknown", nobody);
    }
}

#[tokio::test]
async fn an_identity_is_found_in_every_spelling_and_in_a_body_as_in_a_query() {
    let (spine, api) = api().await;
    let odd = auth0("auth0|a|b#c/d%e ü");
    known(&spine, &odd, "odd").await;
    let (id, token) = (vec![odd.user_id().to_string()], api.realms.token_identifier(&odd).unwrap());
    let queries = [
        format!("tokenIdentifier={}", encoded(&token)),
        format!("tokenIdentifier={}", encoded(&token.replace("/|", "|").replace("http", "HTTP"))),
        format!("authProvider=auth0&authSubject={}", encoded(odd.subject())),
    ];
    for query in queries {
        assert_eq!(ids(&page(&api, &query).await), id, "{query}");
    }
    assert_eq!(ids(&lookup(&api, &json!({ "tokenIdentifier": token })).await), id);
    assert_eq!(ids(&lookup(&api, &json!({"authProvider": "auth0", "authSubject": odd.subject(), "x": 1})).await), id);
    assert!(ids(&page(&api, "authProvider=clerk&authSubject=auth0%7Ca").await).is_empty());
}

#[tokio::test]
async fn a_clerk_user_is_found_by_clerks_id_and_a_tombstone_by_none() {
    let (spine, api) = api().await;
    let (ann, bob) = (clerk("user_ann"), clerk("user_bob"));
    known(&spine, &ann, "ann").await;
    gone(&spine, &bob).await;
    assert_eq!(ids(&page(&api, "clerkUserId=user_ann").await), [ann.user_id().to_string()]);
    for nobody in ["clerkUserId=user_bob", "clerkUserId=user_unseen", "authProvider=clerk&authSubject=user_bob"] {
        assert!(ids(&page(&api, nobody).await).is_empty(), "{nobody}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused_with_its_code() {
    let (_spine, api) = api().await;
    for (query, code) in [
        ("", "filter_missing"),
        ("cursor=x", "filter_missing"),
        ("clerkUserId=user_1&email=a", "filter_ambiguous"),
        ("clerkUserId=user_1&clerkUserId=user_2", "query_duplicate_key"),
        ("clerkUserId=", "field_missing"),
        ("clerkUserId=user_1&cursor=x", "cursor_invalid"),
        ("tokenIdentifier=https%3A%2F%2Fother.example%7Cauth0%7Ca", "issuer_unknown"),
        ("tokenIdentifier=auth0", "token_identifier_malformed"),
        ("authProvider=auth0", "field_missing"),
    ] {
        let answer = api.service("GET", &format!("/v1/users?{query}")).await;
        assert_problem(&answer, 400, code, query);
    }
    for (body, status, code) in [
        ("", 400, "body_missing"),
        ("[]", 400, "json_malformed"),
        (r#"{"email": 5}"#, 400, "field_invalid"),
        (r#"{"email": "a", "email": "b"}"#, 400, "json_duplicate_key"),
        ("{}", 400, "filter_missing"),
    ] {
        let answer = api.ask(&as_service("all", Ask::post("/v1/users/lookup", body))).await;
        assert_problem(&answer, status, code, body);
    }
    let large = format!("{{\"email\": \"{}\"}}", "a".repeat(256 * 1024));
    let answer = api.ask(&as_service("all", Ask::post("/v1/users/lookup", large))).await;
    assert_problem(&answer, 413, "body_too_large", "a large body");
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
