//! The Management API through its router, and the logins.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod actions;
mod crowd;
mod event_streams;
mod exports;
mod logins;
mod search;
mod users;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::auth0::{Auth0Options, Auth0StandIn};

fn auth0() -> Auth0StandIn {
    Auth0StandIn::new(Auth0Options::default()).unwrap()
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

async fn send(auth0: &Auth0StandIn, request: Request<Body>) -> Answer {
    let response = auth0.router().oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}

async fn ask(auth0: &Auth0StandIn, method: Method, path: &str, body: Value) -> Answer {
    let token = auth0.issue_token();
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    send(auth0, request.body(Body::from(body.to_string())).unwrap()).await
}

async fn get(auth0: &Auth0StandIn, path: &str) -> Answer {
    ask(auth0, Method::GET, path, Value::Null).await
}

fn path_of(user_id: &str) -> String {
    format!("/api/v2/users/{}", user_id.replace('|', "%7C"))
}

fn credentials() -> Value {
    json!({ "grant_type": "client_credentials", "client_id": "local-client",
        "client_secret": "local-client-secret", "audience": "http://127.0.0.1:4001/api/v2/" })
}
