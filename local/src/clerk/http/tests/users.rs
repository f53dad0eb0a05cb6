//! Creating, changing and refusing.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{ask, clerk, get, request};
use crate::clerk::{ClerkOptions, ClerkStandIn, NewUser};

#[tokio::test]
async fn a_created_user_has_a_verified_primary_address() {
    let clerk = clerk();
    let body = json!({ "email_address": ["Ada@Example.com"], "first_name": "Ada", "skip_password_requirement": true,
        "created_at": "2024-05-01T00:00:00Z" });
    let (status, user) = ask(&clerk, request(Method::POST, "/v1/users", &body)).await;
    assert_eq!(status, StatusCode::OK);
    let email = &user["email_addresses"][0];
    assert_eq!(user["primary_email_address_id"], email["id"]);
    assert_eq!(email["email_address"], "ada@example.com");
    assert_eq!(email["verification"]["status"], "verified");
    assert_eq!(user["created_at"], 1_714_521_600_000_i64);
    let (status, error) = ask(&clerk, request(Method::POST, "/v1/users", &body)).await;
    assert_eq!(
        (status, &error["errors"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("form_identifier_exists"))
    );
    let (status, again) = get(&clerk, &format!("/v1/users/{}", user["id"].as_str().unwrap())).await;
    assert_eq!((status, again), (StatusCode::OK, user));
    assert_eq!(clerk.requests().get("GET /v1/users/{id}"), Some(&1));
}

#[tokio::test]
async fn what_the_specification_refuses_is_refused() {
    let clerk = clerk();
    clerk.populate(2);
    for (path, status, code) in [
        ("/v1/users?limit=0", 422, "form_param_value_invalid"),
        ("/v1/users?limit=501", 422, "form_param_value_invalid"),
        ("/v1/users?order_by=shoe_size", 422, "form_param_value_invalid"),
        ("/v1/users?starting_after=user_x&order_by=updated_at", 422, "form_param_value_invalid"),
        ("/v1/users?starting_after=user_x&offset=1", 422, "form_param_value_invalid"),
        ("/v1/users/user_nobody", 404, "resource_not_found"),
        ("/v1/users?__clerk_api_version=1999-01-01", 400, "api_version_invalid"),
    ] {
        let (answered, error) = get(&clerk, path).await;
        assert_eq!((answered.as_u16(), &error["errors"][0]["code"]), (status, &json!(code)), "{path}");
    }
    let mut wrong = request(Method::GET, "/v1/users", &Value::Null);
    wrong.headers_mut().insert("authorization", "Bearer sk_test_other".parse().unwrap());
    assert_eq!(ask(&clerk, wrong).await.0, StatusCode::UNAUTHORIZED);
    let mut old = request(Method::GET, "/v1/users", &Value::Null);
    old.headers_mut().insert("clerk-api-version", "2025-11-10".parse().unwrap());
    assert_eq!(ask(&clerk, old).await.0, StatusCode::OK);
    let body = json!({ "shoe_size": 43 });
    let (_, error) = ask(&clerk, request(Method::POST, "/v1/users", &body)).await;
    assert_eq!(error["errors"][0]["code"], "form_param_unknown");
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let options = ClerkOptions { requests_per_10_s: Some(1), ..ClerkOptions::default() };
    let clerk = ClerkStandIn::new(options).unwrap();
    assert_eq!(get(&clerk, "/v1/users/count").await.0, StatusCode::OK);
    let response = clerk.router().oneshot(request(Method::GET, "/v1/users", &Value::Null)).await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds));
}

#[tokio::test]
async fn a_primary_address_can_be_exchanged() {
    let clerk = clerk();
    let user = clerk.create_user(NewUser::person("old@example.com", "Ada", "Lindqvist")).unwrap();
    let body = json!({ "user_id": user.id, "email_address": "new@example.com", "verified": true, "primary": true });
    let (status, email) = ask(&clerk, request(Method::POST, "/v1/email_addresses", &body)).await;
    assert_eq!((status, &email["email_address"]), (StatusCode::OK, &json!("new@example.com")));
    assert_eq!(clerk.user(&user.id).unwrap().primary_email().unwrap().email_address, "new@example.com");
    let path = format!("/v1/email_addresses/{}", email["id"].as_str().unwrap());
    assert_eq!(ask(&clerk, request(Method::DELETE, &path, &Value::Null)).await.1["deleted"], true);
    assert_eq!(clerk.user(&user.id).unwrap().primary_email().unwrap().email_address, "old@example.com");
}

#[tokio::test]
async fn metadata_has_its_own_route_in_the_newest_version() {
    let clerk = clerk();
    let user = clerk.create_user(NewUser::default()).unwrap();
    let body = json!({ "public_metadata": { "plan": { "name": "pro", "seats": 2 } } });
    let path = format!("/v1/users/{}", user.id);
    assert_eq!(ask(&clerk, request(Method::PATCH, &path, &body)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let mut old = request(Method::PATCH, &path, &body);
    old.headers_mut().insert("clerk-api-version", "2025-11-10".parse().unwrap());
    assert_eq!(ask(&clerk, old).await.0, StatusCode::OK);
    let body = json!({ "public_metadata": { "plan": { "seats": null } } });
    let (_, user) = ask(&clerk, request(Method::PATCH, &format!("{path}/metadata"), &body)).await;
    assert_eq!(user["public_metadata"], json!({ "plan": { "name": "pro" } }));
}
