//! `DELETE /v1/me/public-keys/{key}`: the user of the token gives a key up, which may be linked or not.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use shared::http::{Problem, admit_visitor, in_person};
use shared::store::Author;
use shared::wire::public_key::spelled;

use crate::{App, answer, keys};

pub(crate) async fn unlink_my_key(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let now = app.clock.now();
    let visitor = admit_visitor(&app.user_tokens, &headers, now).await?;
    in_person(&visitor)?;
    let key = spelled(&path.map(|Path(key)| key).unwrap_or_default())?;
    let outcome = app.claims.unlink(&visitor.identity.user_id(), &key, Author::Person, now).await?;
    keys::unlinked(&app, outcome, answer::not_provisioned)
}
