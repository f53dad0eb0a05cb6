//! AWS's APIs of JSON on one listener, told apart by `X-Amz-Target`: `POST /`, `SERVICE.Operation`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Map, Value, json};

use crate::queue::{self, Queues};

/// What stands behind the targets.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) queues: Queues,
}

/// A refusal as AWS spells it: its short name, and a sentence.
pub(crate) struct Refused {
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl Refused {
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// The route of all targets.
pub(crate) fn router(services: Services) -> Router {
    Router::new().route("/", post(answer)).with_state(services)
}

async fn answer(State(services): State<Services>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let Ok(input) = serde_json::from_slice::<Map<String, Value>>(&body) else {
        return told(Err(Refused::new("SerializationException", "the body is no JSON object")));
    };
    told(match target.split_once('.') {
        Some(("AmazonSQS", operation)) => queue::answer(&services.queues, operation, &headers, &input),
        _ => Err(Refused::new("UnknownOperationException", "no service here has this X-Amz-Target")),
    })
}

fn told(answer: Result<Value, Refused>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    match answer {
        Ok(answer) => (kind, answer.to_string()).into_response(),
        Err(Refused { kind: code, message }) => {
            (StatusCode::BAD_REQUEST, kind, json!({"__type": code, "message": message}).to_string()).into_response()
        }
    }
}
