//! `/api/v2/users/{id}`, and the creation of users.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::fields::Fields;
use crate::auth0::changes::read as body_of;
use crate::auth0::{Auth0StandIn, NewUser, Refused};

pub(super) async fn create(
    State(auth0): State<Auth0StandIn>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let new: NewUser = body_of(&body)?;
    if new.connection.is_empty() {
        return Err(Refused::Body("Missing required property: connection".to_owned()));
    }
    Ok((StatusCode::CREATED, Json(auth0.create_user(new)?.to_json())))
}

pub(super) async fn read(
    State(auth0): State<Auth0StandIn>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let fields = Fields::of_query(&query.unwrap_or_default())?;
    let user = auth0.user(&id).ok_or(Refused::NoUser)?;
    Ok(Json(fields.show(&user)).into_response())
}

pub(super) async fn update(
    State(auth0): State<Auth0StandIn>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    Ok(Json(auth0.update_user(&id, body_of(&body)?)?.to_json()))
}

/// 204 whether or not there was such a user.
pub(super) async fn delete(State(auth0): State<Auth0StandIn>, Path(id): Path<String>) -> StatusCode {
    auth0.delete_user(&id);
    StatusCode::NO_CONTENT
}
