//! The stand-in over HTTP, as Stripe's specification has it.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

mod keys;
mod listing;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use crate::stripe::{NewCustomer, StripeFaults, StripeOptions, StripeStandIn};

fn stripe() -> StripeStandIn {
    StripeStandIn::new(StripeOptions::default())
}

struct Answered {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answered {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn id(&self) -> &str {
        self.body["id"].as_str().unwrap()
    }

    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

async fn ask(stripe: &StripeStandIn, method: &str, path: &str, key: Option<&str>, body: &str) -> Answered {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer sk_test_local_stripe");
    let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
    send(stripe, request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn send(stripe: &StripeStandIn, request: Request<Body>) -> Answered {
    let response = stripe.router().oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
    Answered { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
}

async fn read(stripe: &StripeStandIn, path: &str) -> Answered {
    ask(stripe, "GET", path, None, "").await
}

#[tokio::test]
async fn a_key_is_asked_for_as_bearer_or_as_basic_user() {
    let stripe = stripe();
    for (header, status) in [
        ("Bearer sk_test_local_stripe", 200),
        ("bearer sk_test_local_stripe", 200),
        ("Basic c2tfdGVzdF9sb2NhbF9zdHJpcGU6", 200),
        ("Basic c2tfdGVzdF9vdGhlcjo=", 401),
        ("Bearer sk_test_other", 401),
        ("sk_test_local_stripe", 401),
    ] {
        let request = Request::builder().uri("/v1/customers").header("authorization", header);
        let answered = send(&stripe, request.body(Body::empty()).unwrap()).await;
        assert_eq!(answered.status, status, "{header}");
        assert!(status == 200 || answered.body["error"]["type"] == "invalid_request_error", "{}", answered.body);
    }
    let without = send(&stripe, Request::builder().uri("/v1/customers").body(Body::empty()).unwrap()).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_version_is_pinned_and_told_and_nonsense_is_refused() {
    let stripe = stripe();
    for (version, status) in [("2026-07-29.dahlia", 200), ("2020-08-27", 200), ("newest", 400), ("2026-07-29.", 400)] {
        let request = Request::builder().uri("/v1/customers").header("stripe-version", version);
        let request = request.header("authorization", "Bearer sk_test_local_stripe").body(Body::empty()).unwrap();
        let answered = send(&stripe, request).await;
        assert_eq!((answered.status, answered.header("stripe-version")), (status, Some(version)));
    }
    assert_eq!(read(&stripe, "/v1/customers").await.header("stripe-version"), Some("2026-07-29.dahlia"));
}

#[tokio::test]
async fn a_customer_is_made_changed_and_deleted_for_good() {
    let stripe = stripe();
    let body = "metadata[user_id]=usr_1&email=Ada%40example.com&name=Ada";
    let made = ask(&stripe, "POST", "/v1/customers", None, body).await;
    let path = format!("/v1/customers/{}", made.id());
    assert_eq!((made.status, &made.body["metadata"]["user_id"]), (200, &"usr_1".into()));
    let changed = ask(&stripe, "POST", &path, None, "email=&metadata[plan]=pro").await;
    assert!(changed.body["email"].is_null() && changed.body["name"] == "Ada", "{}", changed.body);
    assert_eq!(changed.body["metadata"], serde_json::json!({"user_id": "usr_1", "plan": "pro"}));
    assert_eq!(ask(&stripe, "DELETE", &path, None, "").await.body["deleted"], true);
    let gone = read(&stripe, &path).await;
    assert_eq!((gone.status, &gone.body["deleted"], gone.body.get("email")), (200, &true.into(), None));
    assert_eq!(ask(&stripe, "POST", &path, None, "name=A").await.code(), "resource_missing");
    assert!(read(&stripe, "/v1/customers").await.body["data"].as_array().unwrap().is_empty());
    let unknown = read(&stripe, "/v1/customers/cus_nobody").await;
    assert_eq!((unknown.status, unknown.code()), (404, "resource_missing"));
}

#[tokio::test]
async fn wrong_parameters_are_refused_by_name() {
    let stripe = stripe();
    for (body, code) in [("color=red", "parameter_unknown"), ("email=nobody", "email_invalid")] {
        let refused = ask(&stripe, "POST", "/v1/customers", None, body).await;
        assert_eq!((refused.status, refused.code()), (400, code), "{body}");
    }
    let long = format!("metadata[{}]=x", "k".repeat(41));
    assert_eq!(ask(&stripe, "POST", "/v1/customers", None, &long).await.status, 400);
    assert!(stripe.customers().is_empty());
}

#[tokio::test]
async fn too_many_requests_come_with_their_reason() {
    let stripe = stripe();
    stripe.set_faults(StripeFaults { too_many: 1, should_retry: Some(true), ..StripeFaults::default() });
    let refused = read(&stripe, "/v1/customers").await;
    assert_eq!((refused.status, refused.code()), (429, "rate_limit"));
    assert_eq!(refused.header("stripe-rate-limited-reason"), Some("endpoint-rate"));
    assert_eq!(refused.header("stripe-should-retry"), Some("true"));
    assert_eq!(refused.header("retry-after"), None);
    assert_eq!(read(&stripe, "/v1/customers").await.status, 200);
    stripe.set_rate(Some(1));
    assert_eq!(read(&stripe, "/v1/customers").await.status, 200);
    assert_eq!(read(&stripe, "/v1/customers").await.status, 429);
}

#[tokio::test]
async fn what_it_knows_survives_a_snapshot() {
    let stripe = stripe();
    stripe.add(NewCustomer::of_user("usr_1"));
    let made = ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada").await;
    let next = self::stripe();
    next.restore(stripe.snapshot()).unwrap();
    assert_eq!(next.customers(), stripe.customers());
    let again = ask(&next, "POST", "/v1/customers", Some("k"), "name=Ada").await;
    assert_eq!((again.id(), next.customers().len()), (made.id(), 2));
    assert_ne!(ask(&next, "POST", "/v1/customers", None, "").await.id(), made.id());
}
