//! `/v1/customers`.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::write::write;
use crate::stand_in::listing::Page;
use crate::stand_in::spoil::spoiled;
use crate::stand_in::{front, lock};
use crate::stripe::form::Form;
use crate::stripe::{Customer, Listed, PageOf, Refused, StripeStandIn};

pub(super) async fn list(State(stripe): State<StripeStandIn>, RawQuery(query): RawQuery) -> Response {
    let slow = stripe.faults().slow_lists_ms;
    if slow > 0 {
        tokio::time::sleep(Duration::from_millis(slow)).await;
    }
    listed(&stripe, &query.unwrap_or_default()).unwrap_or_else(IntoResponse::into_response)
}

fn listed(stripe: &StripeStandIn, query: &str) -> Result<Response, Refused> {
    let page = PageOf::read(query)?;
    let fault = stripe.it.front.next_page();
    let page = match fault {
        Page::Fails { status, html: true } => {
            return Ok(front::html(StatusCode::from_u16(status).unwrap_or(StatusCode::OK)));
        }
        Page::Fails { status, html: false } => return Err(Refused::Failed(status)),
        Page::Repeated => PageOf { limit: page.limit, ..lock(&stripe.it.last_page).clone() },
        Page::AsItIs | Page::Empty | Page::Malformed | Page::Odd => page,
    };
    let faults = stripe.it.front.listing_faults();
    let Listed { customers, has_more } = stripe.list(&page, faults.truncate_to)?;
    *lock(&stripe.it.last_page) = page;
    let missing = fault == Page::Empty;
    let data: Vec<Value> = customers.iter().filter(|_| !missing).map(Customer::to_json).collect();
    let body = json!({ "object": "list", "url": "/v1/customers", "has_more": has_more, "data": data });
    Ok(front::json(spoiled(body.to_string().into_bytes(), fault, faults.twice, "id")))
}

pub(super) async fn read(State(stripe): State<StripeStandIn>, Path(id): Path<String>) -> Response {
    match stripe.customer(&id) {
        Some(customer) => Json(customer.to_json()).into_response(),
        None => Refused::NoCustomer("id", id).into_response(),
    }
}

pub(super) async fn create(State(stripe): State<StripeStandIn>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Form::read(&body);
    let print = ("/v1/customers".to_owned(), form.in_order());
    write(stripe, headers, print, move |stripe| Ok(stripe.create(&form)?.to_json())).await
}

pub(super) async fn change(
    State(stripe): State<StripeStandIn>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Form::read(&body);
    let print = (format!("/v1/customers/{id}"), form.in_order());
    write(stripe, headers, print, move |stripe| Ok(stripe.change(&id, &form)?.to_json())).await
}

/// A deletion needs no key: its repeat finds nothing to delete.
pub(super) async fn delete(State(stripe): State<StripeStandIn>, Path(id): Path<String>) -> Response {
    let print = (format!("DELETE /v1/customers/{id}"), Vec::new());
    write(stripe, HeaderMap::new(), print, move |stripe| Ok(stripe.delete(&id)?.to_json())).await
}
