//! Tokens, users and their links.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::{ask, auth0, credentials, get, path_of, send};
use crate::auth0::{Auth0Options, Auth0StandIn, NewUser, Query};

#[tokio::test]
async fn a_token_is_issued_for_the_right_credentials_only() {
    let auth0 = auth0();
    let json = |body: &Value| {
        Request::post("/oauth/token")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap()
    };
    let answer = send(&auth0, json(&credentials())).await;
    assert_eq!((answer.status, &answer.body["expires_in"]), (200, &json!(86_400)));
    let token = answer.body["access_token"].as_str().unwrap();
    let request = Request::get("/api/v2/users").header("authorization", format!("Bearer {token}"));
    assert_eq!(send(&auth0, request.body(Body::empty()).unwrap()).await.status, 200);
    for (field, status) in [("client_secret", 401), ("audience", 403), ("grant_type", 403)] {
        let mut wrong = credentials();
        wrong[field] = "other".into();
        assert_eq!(send(&auth0, json(&wrong)).await.status, status, "{field}");
    }
    let fields = credentials();
    let pairs = fields.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap()));
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(send(&auth0, request.body(Body::from(form)).unwrap()).await.status, 200);
}

#[tokio::test]
async fn without_a_good_token_nothing_is_told() {
    let auth0 = Auth0StandIn::new(Auth0Options { expires_in: -1, ..Auth0Options::default() }).unwrap();
    assert_eq!(get(&auth0, "/api/v2/users").await.status, 401, "an expired one");
    let bare = Request::get("/api/v2/users").body(Body::empty()).unwrap();
    let answer = send(&auth0, bare).await;
    assert_eq!((answer.status, &answer.body["message"]), (401, &json!("Missing authentication")));
    assert!(answer.headers.contains_key("x-ratelimit-reset"));
}

#[tokio::test]
async fn a_user_is_created_read_changed_and_deleted() {
    let auth0 = auth0();
    let body = json!({ "connection": "Username-Password-Authentication", "email": "Ada@Example.com",
        "password": "a long one", "user_metadata": { "a": 1, "b": 2 } });
    let created = ask(&auth0, Method::POST, "/api/v2/users", body.clone()).await;
    assert_eq!((created.status, &created.body["email"]), (201, &json!("ada@example.com")));
    assert_eq!((&created.body["name"], &created.body["nickname"]), (&json!("ada@example.com"), &json!("ada")));
    assert!(created.body.get("last_login").is_none() && created.body.get("given_name").is_none());
    assert_eq!(ask(&auth0, Method::POST, "/api/v2/users", body).await.status, 409);

    let path = path_of(created.body["user_id"].as_str().unwrap());
    let change = json!({ "nickname": null, "given_name": "Ada", "user_metadata": { "a": null, "c": 3 } });
    let changed = ask(&auth0, Method::PATCH, &path, change).await;
    assert_eq!((changed.status, &changed.body["given_name"]), (200, &json!("Ada")));
    assert!(changed.body.get("nickname").is_none());
    assert_eq!(changed.body["user_metadata"], json!({ "b": 2, "c": 3 }));
    assert_eq!(get(&auth0, &path).await.body, changed.body);
    let fields = get(&auth0, &format!("{path}?fields=email,name&include_fields=true")).await;
    assert_eq!(fields.body, json!({ "email": "ada@example.com", "name": "ada@example.com" }));

    for status in [204, 204] {
        assert_eq!(ask(&auth0, Method::DELETE, &path, Value::Null).await.status, status);
    }
    assert_eq!(get(&auth0, &path).await.body["errorCode"], "inexistent_user");
    let alien = json!({ "connection": "c", "email": "a@b.c", "shoe_size": 43 });
    let refused = ask(&auth0, Method::POST, "/api/v2/users", alien).await;
    assert_eq!(refused.body["message"], "Payload validation error: 'Additional properties not allowed: shoe_size'.");
}

#[tokio::test]
async fn a_linked_account_leaves_the_list_and_returns() {
    let auth0 = auth0();
    let ada = auth0.create_user(NewUser::person("ada@example.com", "Ada").with_id("auth0|ada")).unwrap();
    let other = NewUser { connection: "google-oauth2".to_owned(), ..NewUser::person("ada@example.com", "Ada L") };
    auth0.create_user(other.with_id("google-oauth2|123")).unwrap();
    let path = format!("{}/identities", path_of(&ada.user_id));
    let body = json!({ "provider": "google-oauth2", "user_id": "123" });
    let linked = ask(&auth0, Method::POST, &path, body).await;
    assert_eq!((linked.status, &linked.body[1]["profileData"]["name"]), (201, &json!("Ada L")));
    assert_eq!((&linked.body[1]["user_id"], &linked.body[1]["isSocial"]), (&json!("123"), &json!(true)));
    assert_eq!(get(&auth0, "/api/v2/users/google-oauth2%7C123").await.status, 404);
    assert_eq!(auth0.count(&Query::default()), 1);
    let restored = self::auth0();
    restored.restore(auth0.snapshot()).unwrap();
    let unlinked = ask(&restored, Method::DELETE, &format!("{path}/google-oauth2/123"), Value::Null).await;
    assert_eq!((unlinked.status, unlinked.body.as_array().unwrap().len()), (200, 1));
    assert_eq!(get(&restored, "/api/v2/users/google-oauth2%7C123").await.status, 200);
}
