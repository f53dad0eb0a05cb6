//! What a stand-in remembers of the requests it got, and how its listings misbehave.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{MatchedPath, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::listing::{Listing, ListingFaults, Page};
use super::lock;

/// Counts requests a route and holds the listing's faults. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Front {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    requests: BTreeMap<String, u64>,
    listing: Listing,
}

impl Front {
    /// Requests so far, by `METHOD /route/{parameter}`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        lock(&self.state).requests.clone()
    }

    /// The faults that listings show at the moment.
    pub fn listing_faults(&self) -> ListingFaults {
        lock(&self.state).listing.faults().clone()
    }

    /// Sets other faults, and counts pages anew.
    pub fn set_listing_faults(&self, faults: ListingFaults) {
        lock(&self.state).listing.set(faults);
    }

    pub(crate) fn next_page(&self) -> Page {
        lock(&self.state).listing.next()
    }

    pub(crate) fn count(&self, request: &Request) {
        let route = request.extensions().get::<MatchedPath>().map_or("*", MatchedPath::as_str);
        let name = format!("{} {route}", request.method());
        *lock(&self.state).requests.entry(name).or_default() += 1;
    }
}

/// JSON that is written already.
pub(crate) fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The page that a proxy shows in front of a provider that is down.
pub(crate) fn html(status: StatusCode) -> Response {
    let page = "<!doctype html><html><title>Please stand by</title><h1>We will be right back</h1></html>";
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
