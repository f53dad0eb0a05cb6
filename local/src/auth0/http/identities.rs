//! `/api/v2/users/{id}/identities`: account linking.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::auth0::changes::read as body_of;
use crate::auth0::{Auth0StandIn, Identity, Refused};

#[derive(Deserialize)]
struct Secondary {
    provider: String,
    user_id: String,
}

pub(super) async fn link(
    State(auth0): State<Auth0StandIn>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let secondary: Secondary = body_of(&body)?;
    let prefix = format!("{}|", secondary.provider);
    let part = secondary.user_id.strip_prefix(&prefix).unwrap_or(&secondary.user_id);
    let identities = auth0.link(&id, &format!("{prefix}{part}"))?;
    Ok((StatusCode::CREATED, Json(identities.iter().map(Identity::to_json).collect())))
}

pub(super) async fn unlink(
    State(auth0): State<Auth0StandIn>,
    Path((id, provider, user_id)): Path<(String, String, String)>,
) -> Result<Json<Value>, Refused> {
    let identities = auth0.unlink(&id, &format!("{provider}|{user_id}"))?;
    Ok(Json(identities.iter().map(Identity::to_json).collect()))
}
