//! `GET /v1/instance`: which instance the secret key is of.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::clerk::ClerkStandIn;

pub(super) async fn read(State(clerk): State<ClerkStandIn>) -> Json<Value> {
    Json(json!({
        "object": "instance",
        "id": clerk.it.instance_id,
        "environment_type": "development",
        "allowed_origins": null,
        "workspace_id": null,
    }))
}
