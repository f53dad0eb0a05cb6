//! HTTP between a real binary and the engine: counts operations, and answers in the engine's place where a test says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::served::Served;
use crate::web;

/// Decides by the operation and its number (from 1): `None` lets the request pass to the engine.
type Decide = dyn Fn(&str, u32) -> Option<Response> + Send + Sync;

/// A relay that ends when it is dropped.
pub struct Relay {
    served: Served,
    line: Arc<Line>,
}

struct Line {
    engine: String,
    client: reqwest::Client,
    counts: Mutex<BTreeMap<String, u32>>,
    decide: Box<Decide>,
}

impl Relay {
    /// Relays to the engine at this URL.
    pub async fn to(engine: &str, decide: impl Fn(&str, u32) -> Option<Response> + Send + Sync + 'static) -> Self {
        let line = Arc::new(Line {
            engine: engine.to_owned(),
            client: web::client(),
            counts: Mutex::default(),
            decide: Box::new(decide),
        });
        let served = Served::start(Router::new().fallback(relay).with_state(Arc::clone(&line))).await;
        Self { served, line }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        self.served.url()
    }

    /// Requests so far, by operation.
    pub fn counts(&self) -> BTreeMap<String, u32> {
        self.line.counts.lock().unwrap().clone()
    }
}

async fn relay(State(line): State<Arc<Line>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let number = {
        let mut counts = line.counts.lock().unwrap();
        let count = counts.entry(operation.clone()).or_default();
        *count += 1;
        *count
    };
    if let Some(response) = (line.decide)(&operation, number) {
        return response;
    }
    let request = headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"));
    let request = request.fold(line.client.post(&line.engine), |request, (name, value)| request.header(name, value));
    let Ok(answer) = request.body(body).send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    let bytes = answer.bytes().await.unwrap_or_default();
    let mut response = (status, bytes).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("content-type", kind);
    }
    response
}
