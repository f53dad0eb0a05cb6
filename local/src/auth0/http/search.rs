//! `GET /api/v2/users` and `GET /api/v2/users-by-email`.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::asked::Asked;
use super::fields::Fields;
use crate::auth0::json::Shown;
use crate::auth0::{Auth0StandIn, Page, PageOf, Refused};
use crate::stand_in::listing::Page as Fault;
use crate::stand_in::spoil::spoiled;
use crate::stand_in::{front, lock};

pub(super) async fn list(State(auth0): State<Auth0StandIn>, RawQuery(query): RawQuery) -> Response {
    match listed(&auth0, &query.unwrap_or_default()) {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

fn listed(auth0: &Auth0StandIn, query: &str) -> Result<Response, Refused> {
    let asked = Asked::parse(query)?;
    let fault = auth0.it.front.next_page();
    if let Fault::Fails { status, html } = fault {
        return Ok(failure(status, html));
    }
    let wanted = match fault {
        Fault::Repeated => PageOf { page: lock(&auth0.it.last_page).page, ..asked.page.clone() },
        _ => asked.page.clone(),
    };
    let faults = auth0.it.front.listing_faults();
    let mut page = lock(&auth0.it.register).page(&asked.query, &wanted, faults.truncate_to)?;
    if fault == Fault::Empty {
        page.users.clear();
    }
    if let Some(count) = faults.count {
        page.total = usize::try_from(count).unwrap_or(usize::MAX);
    }
    *lock(&auth0.it.last_page) = wanted;
    Ok(front::json(spoiled(written(&page, &asked), fault, faults.twice, "user_id")))
}

/// A page with its totals.
#[derive(Serialize)]
struct Totals<'a> {
    start: usize,
    limit: usize,
    length: usize,
    total: usize,
    users: Vec<Shown<'a>>,
}

fn written(page: &Page, asked: &Asked) -> Vec<u8> {
    let users: Vec<Shown<'_>> = page.users.iter().map(|user| asked.fields.show(user)).collect();
    if !asked.totals {
        return serde_json::to_vec(&users).unwrap_or_default();
    }
    let start = asked.page.page.saturating_mul(asked.page.per_page);
    let totals = Totals { start, limit: asked.page.per_page, length: users.len(), total: page.total, users };
    serde_json::to_vec(&totals).unwrap_or_default()
}

fn failure(status: u16, html: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if html {
        return front::html(status);
    }
    let body = json!({
        "statusCode": status.as_u16(), "error": status.canonical_reason(), "message": "Something went wrong.",
    });
    (status, Json(body)).into_response()
}

pub(super) async fn by_email(
    State(auth0): State<Auth0StandIn>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = query.unwrap_or_default();
    let fields = Fields::of_query(&query)?;
    let email = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "email");
    let (_, email) = email.ok_or(Refused::Parameter("Missing required property: email"))?;
    let register = lock(&auth0.it.register);
    let users = register.anyone_with_email(&email);
    let users = users.iter().filter(|user| user.email.as_deref() == Some(&*email));
    Ok(Json(users.map(|user| fields.show(user)).collect::<Vec<_>>()).into_response())
}
