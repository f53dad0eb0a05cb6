//! What several endpoints answer: a user, a page of users, that there is none.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use shared::domain::{Realms, User};
use shared::http::Problem;
use shared::store::Found;
use shared::wire::user_document::UserDocument;

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

/// One answer for all deleted users.
pub(crate) fn deleted() -> Problem {
    Problem::new(StatusCode::GONE, "user_deleted", "this user was deleted")
}
