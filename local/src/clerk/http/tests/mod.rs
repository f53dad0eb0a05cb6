//! The Backend API through its router, and the webhooks of its changes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod crowd;
mod listing;
mod users;
mod webhooks;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::clerk::{ClerkOptions, ClerkStandIn};

fn clerk() -> ClerkStandIn {
    ClerkStandIn::new(ClerkOptions::default()).unwrap()
}

async fn ask(clerk: &ClerkStandIn, request: Request<Body>) -> (StatusCode, Value) {
    let response = clerk.router().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn request(method: Method, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer sk_test_local");
    request.body(Body::from(if body.is_null() { String::new() } else { body.to_string() })).unwrap()
}

async fn get(clerk: &ClerkStandIn, path: &str) -> (StatusCode, Value) {
    ask(clerk, request(Method::GET, path, &Value::Null)).await
}

fn ids(users: &Value) -> Vec<String> {
    users.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}
