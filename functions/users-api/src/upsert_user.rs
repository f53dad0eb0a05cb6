//! `PUT /v1/users`, `upsertUser`: a service tells what it knows of a user.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use shared::domain::{Outcome, Told};
use shared::http::{Caller, Problem, json_bytes};
use shared::telemetry;
use shared::token::Scope;
use shared::wire::user_upsert::UserUpsert;

use crate::{App, answer};

pub(crate) async fn upsert_user(State(app): State<Arc<App>>, request: Request) -> Result<Json<Value>, Problem> {
    let (head, body) = request.into_parts();
    let now = app.clock.now();
    let caller = Caller::admit(app.service_tokens.as_ref(), &head.headers, now).await?;
    caller.needs(Scope::WriteUsers)?;
    let body = json_bytes(&head.headers, body).await?;
    let UserUpsert { identity, patch, public_key } = UserUpsert::read(&body)?;
    if public_key.is_some() {
        caller.needs(Scope::WriteKeys)?;
        return Err(Problem::new(StatusCode::BAD_REQUEST, "unsupported_key", "no key can be linked yet"));
    }
    let told = Told::Patch(patch);
    let outcome = app.users.upsert(&identity, &told, caller.sender(), now).await?;
    let metrics = [(outcome.as_str(), 1), ("cut", u64::from(told.facts().cut()))];
    telemetry::emit(&app.clock, &[("Door", "users")], &metrics);
    match outcome {
        Outcome::Deleted => Err(answer::deleted()),
        _ => Ok(Json(json!({ "userId": identity.user_id().as_str() }))),
    }
}
