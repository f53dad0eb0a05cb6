//! What several endpoints answer: a user, a page of users, that there is none.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use shared::domain::{Realms, User, UserId};
use shared::http::Problem;
use shared::possession::Site;
use shared::store::Found;
use shared::wire::user_document::UserDocument;

use crate::App;

/// The user document.
pub(crate) fn user(user: &User, realms: &Realms) -> Response {
    Json(UserDocument::of(user, realms)).into_response()
}

/// Living users, and where to go on.
pub(crate) fn page(found: &Found, realms: &Realms) -> Response {
    let users: Vec<_> = found.users.iter().map(|user| UserDocument::of(user, realms)).collect();
    match &found.cursor {
        Some(cursor) => Json(json!({ "users": users, "cursor": cursor })).into_response(),
        None => Json(json!({ "users": users })).into_response(),
    }
}

/// A row that is a living user's. `nobody` is said where there is no row.
pub(crate) fn living(user: Option<User>, nobody: fn() -> Problem) -> Result<User, Problem> {
    match user {
        None => Err(nobody()),
        Some(user) if !user.is_living() => Err(deleted()),
        Some(user) => Ok(user),
    }
}

/// Whom a path names. What is no id is nobody's.
pub(crate) fn user_in(path: Result<Path<String>, PathRejection>) -> Result<UserId, Problem> {
    named(&path.map(|Path(id)| id).unwrap_or_default())
}

/// Who has this id, if it is one.
pub(crate) fn named(id: &str) -> Result<UserId, Problem> {
    UserId::parse(id).ok_or_else(unknown)
}

/// One answer for all ids that nobody has.
pub(crate) fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "user_unknown", "nobody has this id")
}

/// One answer for all who were never seen.
pub(crate) fn not_provisioned() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_provisioned", "this user is not known here yet")
}

/// What wallets sign for. No repeat helps where that is not told, so it is no 503.
pub(crate) fn site(app: &App) -> Result<&Site, Problem> {
    let off = || Problem::new(StatusCode::NOT_IMPLEMENTED, "linking_off", "keys cannot be linked by proof here");
    app.site.as_ref().ok_or_else(off)
}

/// One answer for all deleted users.
pub(crate) fn deleted() -> Problem {
    Problem::new(StatusCode::GONE, "user_deleted", "this user was deleted")
}
