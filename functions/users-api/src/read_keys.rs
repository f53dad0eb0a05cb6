//! `GET /v1/users/{userId}/public-keys`: all of a user's keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use shared::http::{Caller, Problem};
use shared::token::Scope;
use shared::wire::user_document::PublicKeyDocument;

use crate::{App, answer};

pub(crate) async fn read_keys(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let caller = Caller::admit(app.service_tokens.as_ref(), &headers, app.clock.now()).await?;
    caller.needs(Scope::ReadUsers)?;
    let id = answer::user_in(path)?;
    let user = answer::living(app.users.by_id(&id).await?, answer::unknown)?;
    Ok(Json(json!({ "publicKeys": PublicKeyDocument::all_of(&user) })))
}
