//! `/v1/users`.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Map, Value, json};

use super::door::Version;
use crate::clerk::body::{METADATA, NEW_USER, USER_PATCH, read as body_of};
use crate::clerk::json::Told;
use crate::clerk::page::parse;
use crate::clerk::webhook::deleted;
use crate::clerk::{ClerkStandIn, PageOf, Refused};
use crate::stand_in::listing::Page;
use crate::stand_in::spoil::spoiled;
use crate::stand_in::{front, lock};

type Answer = Result<Json<Value>, Refused>;

pub(super) async fn list(State(clerk): State<ClerkStandIn>, RawQuery(query): RawQuery) -> Response {
    match listed(&clerk, &query.unwrap_or_default()) {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

fn listed(clerk: &ClerkStandIn, query: &str) -> Result<Response, Refused> {
    let (filter, page) = parse(query)?;
    let fault = clerk.it.front.next_page();
    let page = match fault {
        Page::Fails { status, html } => return Ok(failure(status, html)),
        Page::Empty => return Ok(Json(json!([])).into_response()),
        Page::Repeated => one_before(clerk, &page),
        Page::AsItIs | Page::Malformed | Page::Odd => page,
    };
    let faults = clerk.it.front.listing_faults();
    let users = lock(&clerk.it.register).page(&filter, &page, faults.truncate_to)?;
    *lock(&clerk.it.last_page) = page;
    let body = serde_json::to_vec(&users.iter().map(Told).collect::<Vec<_>>()).unwrap_or_default();
    Ok(front::json(spoiled(body, fault, faults.twice, "id")))
}

/// The place of the page before; the same page again when that was the first.
fn one_before(clerk: &ClerkStandIn, page: &PageOf) -> PageOf {
    let last = lock(&clerk.it.last_page).clone();
    PageOf { limit: page.limit, order: page.order, ..last }
}

fn failure(status: u16, html: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if html {
        return front::html(status);
    }
    let error = json!({ "message": "oops", "long_message": "Something went wrong.", "code": "internal_clerk_error" });
    (status, Json(json!({ "errors": [error], "meta": {} }))).into_response()
}

pub(super) async fn count(State(clerk): State<ClerkStandIn>, RawQuery(query): RawQuery) -> Answer {
    let (filter, _) = parse(&query.unwrap_or_default())?;
    let told = clerk.it.front.listing_faults().count;
    let count = told.unwrap_or_else(|| clerk.count(&filter) as u64);
    Ok(Json(json!({ "object": "total_count", "total_count": count })))
}

pub(super) async fn create(State(clerk): State<ClerkStandIn>, body: Bytes) -> Answer {
    Ok(Json(clerk.create_user(body_of(&body, NEW_USER, &[])?)?.to_json()))
}

pub(super) async fn read(State(clerk): State<ClerkStandIn>, Path(id): Path<String>) -> Answer {
    let user = clerk.user(&id).ok_or(Refused::NotFound("user", id))?;
    Ok(Json(user.to_json()))
}

pub(super) async fn update(
    State(clerk): State<ClerkStandIn>,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let also = if version.patches_metadata() { METADATA } else { &[] };
    Ok(Json(clerk.update_user(&id, body_of(&body, USER_PATCH, also)?)?.to_json()))
}

pub(super) async fn delete(State(clerk): State<ClerkStandIn>, Path(id): Path<String>) -> Answer {
    let user = clerk.delete_user(&id)?;
    Ok(Json(deleted("user", &user.id, user.external_id.as_deref())))
}

pub(super) async fn merge(state: State<ClerkStandIn>, path: Path<String>, body: Bytes) -> Answer {
    metadata(&state, &path, &body, true)
}

pub(super) async fn replace(state: State<ClerkStandIn>, path: Path<String>, body: Bytes) -> Answer {
    metadata(&state, &path, &body, false)
}

fn metadata(clerk: &ClerkStandIn, id: &str, body: &[u8], merge: bool) -> Answer {
    let kinds: Map<String, Value> = body_of(body, METADATA, &[])?;
    Ok(Json(clerk.update_metadata(id, kinds, merge)?.to_json()))
}
