//! `DELETE /v1/users/{userId}/public-keys/{key}`: the others without this key, which may be linked or not.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use shared::http::{Caller, Problem};
use shared::token::Scope;

use crate::keys::{self, UserAndKey};
use crate::{App, answer};

pub(crate) async fn unlink_key(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    path: UserAndKey,
) -> Result<StatusCode, Problem> {
    let now = app.clock.now();
    let caller = Caller::admit(app.service_tokens.as_ref(), &headers, now).await?;
    caller.needs(Scope::WriteKeys)?;
    let (user, key) = keys::user_and_key(path)?;
    let outcome = app.claims.unlink(&user, &key, caller.author(), now).await?;
    keys::unlinked(&app, outcome, answer::unknown)
}
