//! An event bus that takes what it is given, or refuses it as a test says.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use tests::served::Served;

#[derive(Default)]
struct Shelf {
    taken: Vec<Value>,
    requests: u32,
    out: bool,
    refused: BTreeSet<String>,
}

/// The bus, which ends when it is dropped.
pub(super) struct FakeBus {
    served: Served,
    shelf: Arc<Mutex<Shelf>>,
}

impl FakeBus {
    pub(super) async fn start() -> Self {
        let shelf = Arc::<Mutex<Shelf>>::default();
        let router = Router::new().route("/", post(put)).with_state(Arc::clone(&shelf));
        Self { served: Served::start(router).await, shelf }
    }

    pub(super) fn url(&self) -> String {
        self.served.url()
    }

    /// From here on every request fails.
    pub(super) fn go_out(&self, out: bool) {
        self.shelf.lock().unwrap().out = out;
    }

    /// From here on events of these users are refused, and all others are taken.
    pub(super) fn refuse(&self, users: impl IntoIterator<Item = String>) {
        self.shelf.lock().unwrap().refused = users.into_iter().collect();
    }

    /// What was taken since the last call, in order.
    pub(super) fn taken(&self) -> Vec<Value> {
        std::mem::take(&mut self.shelf.lock().unwrap().taken)
    }

    /// How many requests with events came since the last call.
    pub(super) fn requests(&self) -> u32 {
        std::mem::take(&mut self.shelf.lock().unwrap().requests)
    }
}

/// `PutEvents`: each entry for itself.
async fn put(State(shelf): State<Arc<Mutex<Shelf>>>, body: String) -> (StatusCode, String) {
    let mut shelf = shelf.lock().unwrap();
    shelf.requests += 1;
    if shelf.out {
        // No code that a retry would be worth, so that a test does not wait for one.
        return (StatusCode::BAD_REQUEST, json!({"__type": "InternalException"}).to_string());
    }
    let asked: Value = serde_json::from_str(&body).unwrap();
    let mut answers = Vec::new();
    for entry in asked["Entries"].as_array().unwrap() {
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        if shelf.refused.contains(detail["userId"].as_str().unwrap()) {
            answers.push(json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}));
            continue;
        }
        answers.push(json!({"EventId": "1"}));
        shelf.taken.push(json!({"name": entry["DetailType"], "source": entry["Source"], "bus": entry["EventBusName"],
            "time": entry["Time"], "detail": detail}));
    }
    let failed = answers.iter().filter(|answer| answer.get("ErrorCode").is_some()).count();
    (StatusCode::OK, json!({"FailedEntryCount": failed, "Entries": answers}).to_string())
}
