//! `/v1/email_addresses`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::clerk::body::read as body_of;
use crate::clerk::webhook::deleted;
use crate::clerk::{ClerkStandIn, NewEmail, Refused};

type Answer = Result<Json<Value>, Refused>;

const NOTIFY: &str = "notify_primary_email_address_changed";

pub(super) async fn create(State(clerk): State<ClerkStandIn>, body: Bytes) -> Answer {
    let new: NewEmail = body_of(&body, &["user_id", "email_address", "verified", "primary", NOTIFY], &[])?;
    if new.user_id.is_empty() {
        return Err(Refused::Missing("user_id"));
    }
    Ok(Json(clerk.add_email(&new)?.to_json()))
}

pub(super) async fn read(State(clerk): State<ClerkStandIn>, Path(id): Path<String>) -> Answer {
    Ok(Json(clerk.email(&id)?.to_json()))
}

pub(super) async fn update(State(clerk): State<ClerkStandIn>, Path(id): Path<String>, body: Bytes) -> Answer {
    let patch = body_of(&body, &["verified", "primary", NOTIFY], &[])?;
    Ok(Json(clerk.update_email(&id, patch)?.to_json()))
}

pub(super) async fn delete(State(clerk): State<ClerkStandIn>, Path(id): Path<String>) -> Answer {
    let email = clerk.delete_email(&id)?;
    Ok(Json(deleted("email_address", &email.id, None)))
}
