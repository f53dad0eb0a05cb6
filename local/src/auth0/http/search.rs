//! `GET /api/v2/users` and `GET /api/v2/users-by-email`.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::auth0::field::Field;
use crate::auth0::json::Shown;
use crate::auth0::{Auth0StandIn, BadQuery, Page, PageOf, Query, Refused, User};
use crate::stand_in::listing::Page as Fault;
use crate::stand_in::{front, lock};

/// What a search is asked for.
#[derive(Default)]
struct Asked {
    page: PageOf,
    query: Query,
    totals: bool,
    fields: Fields,
}

/// Which fields of a user are shown.
pub(super) struct Fields(Vec<Field>);

impl Default for Fields {
    fn default() -> Self {
        Self(Field::ALL.to_vec())
    }
}

impl Fields {
    pub(super) fn of_query(query: &str) -> Result<Self, Refused> {
        Ok(parse(query)?.fields)
    }

    /// All but those named, or those alone; all, when none is named.
    fn of_names(names: &str, excluded: bool) -> Self {
        let mut fields = Self::default();
        if names.split(',').any(|name| !name.is_empty()) {
            fields.0.retain(|field| names.split(',').any(|name| name == field.name()) != excluded);
        }
        fields
    }

    pub(super) fn show<'a>(&'a self, user: &'a User) -> Shown<'a> {
        Shown { user, fields: &self.0 }
    }
}

fn parse(query: &str) -> Result<Asked, Refused> {
    const PAGE: &str = "Expected type integer but found type string on property page";
    const PER_PAGE: &str = "Value is greater than maximum 100 on property per_page";
    let mut asked = Asked::default();
    let (mut names, mut excluded) = (String::new(), false);
    let Asked { page, query: wanted, totals, .. } = &mut asked;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "page" => page.page = number(&value, usize::MAX, PAGE)?,
            "per_page" => page.per_page = number(&value, 100, PER_PAGE)?,
            "include_totals" => *totals = truth(&value)?,
            "sort" => page.sort = sort(&value)?,
            "q" => *wanted = search(&value)?,
            "search_engine" if value != "v3" => {
                return Err(Refused::Parameter("search_engine is v3 here"));
            }
            "fields" => names = value.into_owned(),
            "include_fields" => excluded = !truth(&value)?,
            _ => {}
        }
    }
    asked.fields = Fields::of_names(&names, excluded);
    Ok(asked)
}

fn search(value: &str) -> Result<Query, Refused> {
    value.parse().map_err(|BadQuery(why)| Refused::Query(why))
}

fn number(value: &str, most: usize, why: &'static str) -> Result<usize, Refused> {
    value.parse().ok().filter(|number| *number <= most).ok_or(Refused::Parameter(why))
}

fn truth(value: &str) -> Result<bool, Refused> {
    value.parse().map_err(|_| Refused::Parameter("Expected type boolean"))
}

fn sort(value: &str) -> Result<(String, bool), Refused> {
    match value.split_once(':') {
        Some((field, "1")) if !field.contains("metadata") => Ok((field.to_owned(), false)),
        Some((field, "-1")) if !field.contains("metadata") => Ok((field.to_owned(), true)),
        _ => Err(Refused::Parameter("String does not match pattern on property sort")),
    }
}

pub(super) async fn list(State(auth0): State<Auth0StandIn>, RawQuery(query): RawQuery) -> Response {
    match listed(&auth0, &query.unwrap_or_default()) {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

fn listed(auth0: &Auth0StandIn, query: &str) -> Result<Response, Refused> {
    let asked = parse(query)?;
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
    Ok(written(&page, &asked))
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

fn written(page: &Page, asked: &Asked) -> Response {
    let users: Vec<Shown<'_>> = page.users.iter().map(|user| asked.fields.show(user)).collect();
    if !asked.totals {
        return Json(users).into_response();
    }
    let start = asked.page.page.saturating_mul(asked.page.per_page);
    Json(Totals { start, limit: asked.page.per_page, length: users.len(), total: page.total, users }).into_response()
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
    let users = register.with_email(&email).into_iter().filter(|user| user.email.as_deref() == Some(&*email));
    Ok(Json(users.map(|user| fields.show(user)).collect::<Vec<_>>()).into_response())
}
