//! A small provider on a free port, for the tests of its clients.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

use super::limits::Limits;
use crate::domain::Issuer;

/// Waits that a test has time for.
pub(super) const QUICK: Limits = Limits {
    connect: Duration::from_secs(5),
    request: Duration::from_secs(20),
    attempts: 3,
    backoff: Duration::from_millis(1),
    after_429: Duration::from_millis(20),
    patience: Duration::from_secs(20),
};

/// What a request was.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) at: Instant,
}

impl Asked {
    /// A parameter of the query.
    pub(super) fn param(&self, name: &str) -> Option<String> {
        let mut params = url::form_urlencoded::parse(self.query.as_bytes());
        params.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// A number in the query, or else this one.
    pub(super) fn number(&self, name: &str, or: usize) -> usize {
        self.param(name).map_or(or, |text| text.parse().unwrap())
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A provider that answers each request by a function.
pub(super) struct Stub {
    pub(super) base: Issuer,
    log: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    /// Listens. The function is told how many requests came before.
    pub(super) async fn start(answer: impl Fn(usize, &Asked) -> Response + Send + Sync + 'static) -> Self {
        let (log, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let shared = log.clone();
        let serve = move |request: Request| {
            let (log, answer) = (shared.clone(), answer.clone());
            async move {
                let (parts, body) = request.into_parts();
                let asked = Asked {
                    path: parts.uri.path().to_owned(),
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    headers: parts.headers,
                    body: to_bytes(body, usize::MAX).await.unwrap(),
                    at: Instant::now(),
                };
                let before = {
                    let mut log = log.lock().unwrap();
                    log.push(asked.clone());
                    log.len() - 1
                };
                answer(before, &asked)
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(serve))).await });
        Self { base, log }
    }

    /// All requests so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// How many requests of this path came so far.
    pub(super) fn times(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path == path).count()
    }
}

/// A JSON answer.
pub(super) fn json(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

/// An HTML answer, as something between us and the provider gives.
pub(super) fn html(status: u16) -> Response {
    let body = Body::from("<html><body>canary</body></html>");
    (StatusCode::from_u16(status).unwrap(), [("content-type", "text/html")], body).into_response()
}

/// A 429 with a `Retry-After`.
pub(super) fn too_many(retry_after: &str) -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [("retry-after", retry_after)]).into_response()
}
