//! `GET /v1/users/{userId}`, `getUserByIdWithToken`.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use shared::domain::UserId;
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
    // What is no id is nobody's.
    let id = path.ok().and_then(|Path(id)| UserId::parse(&id));
    let user = match id {
        Some(id) => app.users.by_id(&id).await?,
        None => None,
    };
    match user {
        None => Err(Problem::new(StatusCode::NOT_FOUND, "user_unknown", "nobody has this id")),
        Some(user) if !user.is_living() => Err(answer::deleted()),
        Some(user) => Ok(answer::user(&user, &app.realms)),
    }
}
