//! `POST /_control/tokens` issues a user's token.
//!
//! It takes `{"user_id", "claims"?: {…}, "header"?: {…}}`, where `null` leaves a claim out, and answers `{"token"}`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};

use crate::auth0::changes::read as body_of;
use crate::auth0::{Auth0StandIn, Refused, UserToken};

pub(super) async fn issue(State(auth0): State<Auth0StandIn>, body: Bytes) -> Result<Json<Value>, Refused> {
    let wanted: UserToken = body_of(&body)?;
    Ok(Json(json!({ "token": auth0.user_token(&wanted)? })))
}
