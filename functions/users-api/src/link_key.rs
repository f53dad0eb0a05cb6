//! `PUT /v1/users/{userId}/public-keys/{key}`: this key besides the others.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use shared::http::{Caller, Problem};
use shared::token::Scope;

use crate::keys::{self, UserAndKey};
use crate::{App, answer};

pub(crate) async fn link_key(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    path: UserAndKey,
) -> Result<StatusCode, Problem> {
    let now = app.clock.now();
    let caller = Caller::admit(app.service_tokens.as_ref(), &headers, now).await?;
    caller.needs(Scope::WriteKeys)?;
    let (user, key) = keys::user_and_key(path)?;
    let outcome = app.claims.link(&user, &key, caller.author(), now).await?;
    keys::linked(&app, outcome, answer::unknown)
}
