//! The Runtime API as a function sees it.
//!
//! Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::Value;

use super::FunctionError;
use super::desk::{Desk, Invocation};

/// What Lambda takes as the answer of a synchronous invocation, in bytes.
const PAYLOAD_LIMIT: usize = 6 * 1024 * 1024;

pub(super) fn router(desk: Desk) -> Router {
    let invocation = Router::new()
        .route("/next", get(next))
        .route("/{id}/response", post(response))
        .route("/{id}/error", post(error));
    Router::new()
        .nest("/2018-06-01/runtime/invocation", invocation)
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::max(PAYLOAD_LIMIT))
        .with_state(desk)
}

async fn next(State(desk): State<Desk>) -> Response {
    let Some(Invocation { id, deadline_ms, event }) = desk.next().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:local".to_owned()),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned()),
    ];
    (headers, event).into_response()
}

async fn response(State(desk): State<Desk>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    let answer = serde_json::from_slice(&body).map_err(|error| FunctionError {
        error_type: "Runtime.InvalidResponse".to_owned(),
        message: error.to_string(),
    });
    accepted(desk.answer(&id, answer))
}

async fn error(State(desk): State<Desk>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    accepted(desk.answer(&id, Err(function_error(&body))))
}

async fn init_error(State(desk): State<Desk>, body: Bytes) -> StatusCode {
    desk.fail_init(function_error(&body));
    StatusCode::ACCEPTED
}

/// 202, or the 400 for an id that nobody waits for.
fn accepted(known: bool) -> StatusCode {
    if known { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST }
}

/// Reads `{"errorType", "errorMessage"}`.
fn function_error(body: &[u8]) -> FunctionError {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    FunctionError { error_type: text("errorType"), message: text("errorMessage") }
}
