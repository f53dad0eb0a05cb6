//! `POST /_control/tokens` issues a session token.
//!
//! It takes `{"user_id", "claims"?: {…}, "header"?: {…}}`, where `null` leaves a claim out, and answers `{"token"}`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::clerk::{ClerkStandIn, SessionToken};
use crate::stand_in::control::bad_request;

pub(super) async fn issue(State(clerk): State<ClerkStandIn>, body: Bytes) -> Response {
    match serde_json::from_slice::<SessionToken>(&body) {
        Ok(wanted) if wanted.user_id.is_empty() => bad_request("user_id is missing"),
        Ok(wanted) => Json(json!({ "token": clerk.session_token(&wanted) })).into_response(),
        Err(error) => bad_request(&error.to_string()),
    }
}
