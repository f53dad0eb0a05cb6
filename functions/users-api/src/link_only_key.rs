//! `PUT /v1/users/{userId}/public-key`, `linkPublicKey`: this key, and no other.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use shared::http::{Caller, Problem, json_bytes};
use shared::token::Scope;
use shared::wire::public_key;

use crate::{App, answer, keys};

pub(crate) async fn link_only_key(
    State(app): State<Arc<App>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (head, body) = request.into_parts();
    let now = app.clock.now();
    let caller = Caller::admit(app.service_tokens.as_ref(), &head.headers, now).await?;
    caller.needs(Scope::WriteKeys)?;
    let key = public_key::in_body(&json_bytes(&head.headers, body).await?)?;
    let user = answer::user_in(path)?;
    let outcome = app.claims.link_only(&user, &key, caller.author(), now).await?;
    keys::linked(&app, outcome, answer::unknown)
}
