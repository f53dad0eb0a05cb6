//! The Backend API through its router, and the webhooks of its changes.

#![expect(clippy::unwrap_used, reason = "a test may")]

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::clerk::{ClerkOptions, ClerkStandIn, Filter, NewUser, UserPatch};
use crate::delivery::SvixKey;
use crate::stand_in::sink::Sink;

fn clerk() -> ClerkStandIn {
    ClerkStandIn::new(ClerkOptions::default()).unwrap()
}

async fn ask(clerk: &ClerkStandIn, request: Request<Body>) -> (StatusCode, Value) {
    let response = clerk.router().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (
        status,
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    )
}

fn request(method: Method, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer sk_test_local");
    request
        .body(Body::from(if body.is_null() {
            String::new()
        } else {
            body.to_string()
        }))
        .unwrap()
}

async fn get(clerk: &ClerkStandIn, path: &str) -> (StatusCode, Value) {
    ask(clerk, request(Method::GET, path, &Value::Null)).await
}

fn ids(users: &Value) -> Vec<String> {
    users
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect()
}

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
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            &json!("form_identifier_exists")
        )
    );
    let (status, again) = get(
        &clerk,
        &format!("/v1/users/{}", user["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!((status, again), (StatusCode::OK, user));
    assert_eq!(clerk.requests().get("GET /v1/users/{id}"), Some(&1));
}

#[tokio::test]
async fn a_listing_by_cursor_names_everybody_once_in_either_order() {
    let clerk = clerk();
    clerk.populate(25);
    for (order, path) in [
        ("-created_at", "%2D"),
        ("+created_at", "%2B"),
        ("created_at", ""),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/users?limit=10&order_by={path}created_at{cursor}");
            let page = ids(&get(&clerk, &path).await.1);
            seen.extend(page.iter().cloned());
            if page.len() < 10 {
                break;
            }
            cursor = format!("&starting_after={}", page.last().unwrap());
        }
        let all = ids(&get(
            &clerk,
            &format!("/v1/users?limit=500&order_by={path}created_at"),
        )
        .await
        .1);
        assert_eq!((seen.len(), &seen), (25, &all), "{order}");
    }
}

#[tokio::test]
async fn windows_are_exclusive_on_both_ends() {
    let clerk = clerk();
    for ms in [1000, 2000, 3000, 3000, 4000] {
        clerk
            .create_user(NewUser {
                created_at: Some(ms),
                ..NewUser::default()
            })
            .unwrap();
    }
    for (query, expected) in [
        ("created_at_after=1000&created_at_before=4000", 3),
        ("created_at_after=2999&created_at_before=3001", 2),
        ("created_at_after=3000&created_at_before=3001", 0),
        ("created_at_after=9000&created_at_before=10", 0),
        ("created_at_before=1000", 0),
    ] {
        for order in ["created_at", "-created_at", "-updated_at", "username"] {
            let (_, users) = get(&clerk, &format!("/v1/users?{query}&order_by={order}")).await;
            assert_eq!(ids(&users).len(), expected, "{query} by {order}");
        }
        let (_, count) = get(&clerk, &format!("/v1/users/count?{query}")).await;
        assert_eq!(
            count,
            json!({ "object": "total_count", "total_count": expected }),
            "{query}"
        );
    }
}

#[tokio::test]
async fn filters_find_by_identifier_address_and_part() {
    let clerk = clerk();
    clerk.seed_people();
    let all = ids(&get(&clerk, "/v1/users").await.1);
    assert_eq!(all.len(), 3);
    let (first, second) = (all.first().unwrap(), all.get(1).unwrap());
    for (query, expected) in [
        (format!("user_id={first}&user_id={second}"), 2),
        (format!("user_id=-{first}"), 2),
        (
            format!("user_id={first}&email_address=nobody@example.com"),
            0,
        ),
        ("email_address=MEI.okonkwo@example.com".to_owned(), 1),
        ("query=LINDQ".to_owned(), 1),
        ("name_query=tom%C3%A1s".to_owned(), 1),
        ("phone_number=123".to_owned(), 0),
        ("user_id=user_nobody".to_owned(), 0),
    ] {
        assert_eq!(
            ids(&get(&clerk, &format!("/v1/users?{query}")).await.1).len(),
            expected,
            "{query}"
        );
    }
}

#[tokio::test]
async fn what_the_specification_refuses_is_refused() {
    let clerk = clerk();
    clerk.populate(2);
    for (path, status, code) in [
        ("/v1/users?limit=0", 422, "form_param_value_invalid"),
        ("/v1/users?limit=501", 422, "form_param_value_invalid"),
        (
            "/v1/users?order_by=shoe_size",
            422,
            "form_param_value_invalid",
        ),
        (
            "/v1/users?starting_after=user_x&order_by=updated_at",
            422,
            "form_param_value_invalid",
        ),
        (
            "/v1/users?starting_after=user_x&offset=1",
            422,
            "form_param_value_invalid",
        ),
        ("/v1/users/user_nobody", 404, "resource_not_found"),
        (
            "/v1/users?__clerk_api_version=1999-01-01",
            400,
            "api_version_invalid",
        ),
    ] {
        let (answered, error) = get(&clerk, path).await;
        assert_eq!(
            (answered.as_u16(), &error["errors"][0]["code"]),
            (status, &json!(code)),
            "{path}"
        );
    }
    let mut wrong = request(Method::GET, "/v1/users", &Value::Null);
    wrong
        .headers_mut()
        .insert("authorization", "Bearer sk_test_other".parse().unwrap());
    assert_eq!(ask(&clerk, wrong).await.0, StatusCode::UNAUTHORIZED);
    let mut old = request(Method::GET, "/v1/users", &Value::Null);
    old.headers_mut()
        .insert("clerk-api-version", "2025-11-10".parse().unwrap());
    assert_eq!(ask(&clerk, old).await.0, StatusCode::OK);
    let body = json!({ "shoe_size": 43 });
    let (_, error) = ask(&clerk, request(Method::POST, "/v1/users", &body)).await;
    assert_eq!(error["errors"][0]["code"], "form_param_unknown");
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let options = ClerkOptions {
        requests_per_10_s: Some(1),
        ..ClerkOptions::default()
    };
    let clerk = ClerkStandIn::new(options).unwrap();
    assert_eq!(get(&clerk, "/v1/users/count").await.0, StatusCode::OK);
    let response = clerk
        .router()
        .oneshot(request(Method::GET, "/v1/users", &Value::Null))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=10).contains(&seconds));
}

#[tokio::test]
async fn each_change_sends_a_signed_webhook() {
    let (sink, url) = Sink::start(&[500]).await;
    let clerk = clerk();
    clerk.set_webhook_url(format!("{url}/clerk/webhook"));
    let user = clerk
        .create_user(NewUser::person("ada@example.com", "Ada", "Lindqvist"))
        .unwrap();
    let patch = UserPatch {
        first_name: "Adele".into(),
        external_id: "ext-1".into(),
        ..UserPatch::default()
    };
    clerk.update_user(&user.id, patch).unwrap();
    let path = format!("/v1/users/{}", user.id);
    let (_, gone) = ask(&clerk, request(Method::DELETE, &path, &Value::Null)).await;
    assert_eq!(
        gone,
        json!({ "object": "user", "id": user.id, "deleted": true, "external_id": "ext-1" })
    );
    clerk.idle().await;

    let received = sink.received();
    let kinds: Vec<Value> = received
        .iter()
        .map(|it| it.json()["type"].clone())
        .collect();
    assert_eq!(
        kinds,
        [
            "user.created",
            "user.created",
            "user.updated",
            "user.deleted"
        ]
    );
    let ids: Vec<&str> = received.iter().map(|it| it.header("svix-id")).collect();
    assert!(
        ids.windows(2)
            .map(|pair| pair[0] == pair[1])
            .eq([true, false, false]),
        "{ids:?}"
    );
    let key = SvixKey::parse(&ClerkOptions::default().webhook_secret).unwrap();
    for it in &received {
        let seconds = it.header("svix-timestamp").parse().unwrap();
        assert_eq!(
            it.header("svix-signature"),
            key.sign(it.header("svix-id"), seconds, &it.body)
        );
        assert!(it.json()["timestamp"].as_i64().unwrap() > 1_700_000_000_000);
        assert_eq!(it.json()["instance_id"], "ins_local");
    }
    assert_eq!(received.last().unwrap().json()["data"], gone);
    assert_eq!(received[2].json()["data"]["first_name"], "Adele");
}

#[tokio::test]
async fn a_primary_address_can_be_exchanged() {
    let clerk = clerk();
    let user = clerk
        .create_user(NewUser::person("old@example.com", "Ada", "Lindqvist"))
        .unwrap();
    let body = json!({ "user_id": user.id, "email_address": "new@example.com", "verified": true, "primary": true });
    let (status, email) = ask(&clerk, request(Method::POST, "/v1/email_addresses", &body)).await;
    assert_eq!(
        (status, &email["email_address"]),
        (StatusCode::OK, &json!("new@example.com"))
    );
    assert_eq!(
        clerk
            .user(&user.id)
            .unwrap()
            .primary_email()
            .unwrap()
            .email_address,
        "new@example.com"
    );
    let path = format!("/v1/email_addresses/{}", email["id"].as_str().unwrap());
    assert_eq!(
        ask(&clerk, request(Method::DELETE, &path, &Value::Null))
            .await
            .1["deleted"],
        true
    );
    assert_eq!(
        clerk
            .user(&user.id)
            .unwrap()
            .primary_email()
            .unwrap()
            .email_address,
        "old@example.com"
    );
}

#[tokio::test]
async fn metadata_has_its_own_route_in_the_newest_version() {
    let clerk = clerk();
    let user = clerk.create_user(NewUser::default()).unwrap();
    let body = json!({ "public_metadata": { "plan": { "name": "pro", "seats": 2 } } });
    let path = format!("/v1/users/{}", user.id);
    assert_eq!(
        ask(&clerk, request(Method::PATCH, &path, &body)).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let mut old = request(Method::PATCH, &path, &body);
    old.headers_mut()
        .insert("clerk-api-version", "2025-11-10".parse().unwrap());
    assert_eq!(ask(&clerk, old).await.0, StatusCode::OK);
    let body = json!({ "public_metadata": { "plan": { "seats": null } } });
    let (_, user) = ask(
        &clerk,
        request(Method::PATCH, &format!("{path}/metadata"), &body),
    )
    .await;
    assert_eq!(
        user["public_metadata"],
        json!({ "plan": { "name": "pro" } })
    );
}

#[tokio::test]
async fn a_listing_can_lie_in_every_way() {
    let clerk = clerk();
    clerk.populate(12);
    for (faults, answers) in [
        (
            json!({ "failOnPage": 2, "failTimes": 1 }),
            [(200, 5), (500, 0), (200, 5)],
        ),
        (
            json!({ "failOnPage": 2, "status": 429 }),
            [(200, 5), (429, 0), (429, 0)],
        ),
        (json!({ "emptyFrom": 2 }), [(200, 5), (200, 0), (200, 0)]),
        (json!({ "html": true }), [(200, 0), (200, 0), (200, 0)]),
        (json!({ "truncateTo": 3 }), [(200, 3), (200, 3), (200, 3)]),
    ] {
        let (status, _) = ask(&clerk, request(Method::PUT, "/_control/listing", &faults)).await;
        assert_eq!(status, StatusCode::OK);
        for (status, users) in answers {
            let (answered, body) = get(&clerk, "/v1/users?limit=5").await;
            let named = body.as_array().map_or(0, Vec::len);
            assert_eq!((answered.as_u16(), named), (status, users), "{faults}");
        }
    }
    ask(
        &clerk,
        request(
            Method::PUT,
            "/_control/listing",
            &json!({ "repeatPage": 2, "count": 99 }),
        ),
    )
    .await;
    let first = get(&clerk, "/v1/users?limit=5").await.1;
    assert_eq!(get(&clerk, "/v1/users?limit=5&offset=5").await.1, first);
    assert_ne!(get(&clerk, "/v1/users?limit=5&offset=5").await.1, first);
    assert_eq!(get(&clerk, "/v1/users/count").await.1["total_count"], 99);
}

#[tokio::test]
async fn deliveries_are_controlled_by_http() {
    let clerk = clerk();
    let body = json!({ "target": "http://127.0.0.1:9/hook", "lose": 1, "delayMs": [1, 2] });
    let (status, state) = ask(&clerk, request(Method::PUT, "/_control/deliveries", &body)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        state["faults"],
        json!({ "lose": 1.0, "repeat": 0.0, "delayMs": [1, 2], "reorder": 0, "seed": 0 })
    );
    clerk.create_user(NewUser::default()).unwrap();
    let (_, state) = get(&clerk, "/_control/deliveries").await;
    assert_eq!(
        (&state["target"], &state["counters"]["lost"]),
        (&body["target"], &json!(1))
    );
    let (status, _) = ask(
        &clerk,
        request(Method::PUT, "/_control/deliveries", &json!({ "lose": 2 })),
    )
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_snapshot_brings_everybody_back() {
    let clerk = clerk();
    clerk.seed_people();
    let other = self::clerk();
    other.restore(clerk.snapshot()).unwrap();
    assert_eq!(other.snapshot(), clerk.snapshot());
    let new = other
        .create_user(NewUser::person("new@example.com", "New", "Comer"))
        .unwrap();
    assert!(clerk.user(&new.id).is_none());
    assert_eq!(other.count(&Filter::default()), 4);
}
