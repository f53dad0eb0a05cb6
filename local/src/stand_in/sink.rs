//! A receiver for tests: it keeps what it gets, and answers as it is told.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use tokio::net::TcpListener;

use super::lock;

/// One request that came in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Clone, Default)]
pub(crate) struct Sink {
    received: Arc<Mutex<Vec<Received>>>,
    statuses: Arc<Mutex<VecDeque<u16>>>,
}

impl Sink {
    /// Listens on a free port, and gives its base URL. It answers 200, after the `statuses`.
    pub(crate) async fn start(statuses: &[u16]) -> (Self, String) {
        let sink = Self::default();
        lock(&sink.statuses).extend(statuses);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(keep).with_state(sink.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (sink, url)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }
}

async fn keep(State(sink): State<Sink>, uri: Uri, headers: HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
    lock(&sink.received).push(Received { path: uri.path().to_owned(), headers, body });
    let status = lock(&sink.statuses).pop_front().unwrap_or(200);
    (StatusCode::from_u16(status).unwrap(), r#"{"userId":"usr_test"}"#)
}
