//! `GET /v1/users/{userId}`, `getUserByIdWithToken`.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use shared::http::{Caller, Problem};
use shared::token::Scope;

use crate::{App, answer};

pub(crate) async fn read_user(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let caller = Caller::admit(app.service_tokens.as_ref(), &headers, app.clock.now()).await?;
    caller.needs(Scope::ReadUsers)?;
    let user = answer::living(app.users.by_id(&answer::user_in(path)?).await?, answer::unknown)?;
    Ok(answer::user(&user, &app.realms))
}
