//! `GET /v1/me`, `getCurrentUser`: the user of the token. It writes nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::http::{Problem, admit_visitor};

use crate::{App, answer};

pub(crate) async fn read_me(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let visitor = admit_visitor(&app.user_tokens, &headers, app.clock.now()).await?;
    let user = answer::living(app.users.by_identity(&visitor.identity).await?, answer::not_provisioned)?;
    Ok(answer::user(&user, &app.realms))
}
