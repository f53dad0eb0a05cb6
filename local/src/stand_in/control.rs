//! The routes by which a test or a person makes a stand-in misbehave.
//!
//! `GET /_control/deliveries` answers `{"target", "faults", "counters"}`; `PUT` takes some of
//! `{"target", "lose", "repeat", "delayMs", "reorder", "seed"}` and answers the same.
//! `GET /_control/listing` and `PUT` (whole, `{}` for none) are [`ListingFaults`].
//! `GET /_control/crowd` and `PUT` are [`super::crowd::Crowd`], `/_control/rate` the limit of rate, and Auth0's
//! `/_control/exports` the faults of exports: each is set as a whole, and `{}` is none.
//! `GET /_control/requests` answers how often each route was called.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::front::Front;
use super::listing::ListingFaults;
use crate::delivery::{FaultsPatch, Outbox};

/// The control routes of one stand-in that delivers.
pub(crate) fn routes(outbox: Outbox, front: Front) -> Router {
    deliveries_at("/_control/deliveries", outbox).merge(watched(front))
}

/// The route of one outbox: its target, its faults and its counters.
pub(crate) fn deliveries_at(path: &str, outbox: Outbox) -> Router {
    Router::new().route(path, get(deliveries).put(set_deliveries)).with_state(outbox)
}

/// The control routes that every stand-in has.
pub(crate) fn watched(front: Front) -> Router {
    Router::new().route("/_control/requests", get(requests)).with_state(front.clone()).merge(setting(
        "/_control/listing",
        front,
        Front::listing_faults,
        set_listing,
    ))
}

/// A route at which a setting is read, and set as a whole; what is wrong with it is said in a sentence.
pub(crate) fn setting<It, Setting>(
    path: &str,
    it: It,
    read: fn(&It) -> Setting,
    set: fn(&It, Setting) -> Result<(), &'static str>,
) -> Router
where
    It: Clone + Send + Sync + 'static,
    Setting: Serialize + DeserializeOwned + 'static,
{
    let told = it.clone();
    let read_route = get(move || std::future::ready(Json(read(&told)).into_response()));
    let set_route = move |body: Bytes| {
        let wanted = serde_json::from_slice(&body).map_err(|error| error.to_string());
        let done = wanted.and_then(|wanted| set(&it, wanted).map_err(str::to_owned));
        std::future::ready(match done {
            Ok(()) => Json(read(&it)).into_response(),
            Err(why) => bad_request(&why),
        })
    };
    Router::new().route(path, read_route.put(set_route))
}

/// A refused control request: a sentence that says why.
pub(crate) fn bad_request(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response()
}

async fn deliveries(State(outbox): State<Outbox>) -> Json<Value> {
    Json(state_of(&outbox))
}

async fn set_deliveries(State(outbox): State<Outbox>, body: Bytes) -> Response {
    let mut wanted: Map<String, Value> = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(error) => return bad_request(&error.to_string()),
    };
    let target = wanted.remove("target");
    let patch = match serde_json::from_value::<FaultsPatch>(Value::Object(wanted)) {
        Ok(patch) => patch,
        Err(error) => return bad_request(&error.to_string()),
    };
    match outbox.faults().patched(patch) {
        Ok(faults) => outbox.set_faults(faults),
        Err(error) => return bad_request(&error.to_string()),
    }
    if let Some(target) = target {
        outbox.set_target(target.as_str().map(str::to_owned));
    }
    Json(state_of(&outbox)).into_response()
}

fn state_of(outbox: &Outbox) -> Value {
    json!({ "target": outbox.target(), "faults": outbox.faults(), "counters": outbox.counters() })
}

fn set_listing(front: &Front, faults: ListingFaults) -> Result<(), &'static str> {
    if faults.status.is_some_and(|status| StatusCode::from_u16(status).is_err()) {
        return Err("status is no HTTP status");
    }
    front.set_listing_faults(faults);
    Ok(())
}

async fn requests(State(front): State<Front>) -> Json<Value> {
    Json(json!(front.requests()))
}
