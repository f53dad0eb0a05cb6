//! `/api/v2/event-streams…`: streams, their tests, and what they could not deliver.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth0::changes::read as body_of;
use crate::auth0::events::told_failure;
use crate::auth0::{Auth0StandIn, Refused};
use crate::stand_in::{clock, lock};

type Answer = Result<Json<Value>, Refused>;
type Accepted = Result<(StatusCode, Json<Value>), Refused>;

pub(super) fn routes() -> Router<Auth0StandIn> {
    Router::new()
        .route("/api/v2/event-streams", get(list).post(create))
        .route("/api/v2/event-streams/{id}", get(read).patch(update).delete(delete))
        .route("/api/v2/event-streams/{id}/test", post(test))
        .route("/api/v2/event-streams/{id}/deliveries", get(deliveries))
        .route("/api/v2/event-streams/{id}/redeliver", post(redeliver))
        .route("/api/v2/event-streams/{id}/redeliver/{event_id}", post(redeliver_one))
}

/// `from` and `take` of a query.
fn cut(query: Option<String>) -> Result<(usize, usize), Refused> {
    let (mut from, mut take) = (0, 50);
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let number = || value.parse::<usize>().map_err(|_| Refused::Parameter("Invalid paging option"));
        match name.as_ref() {
            "from" => from = number()?,
            "take" => take = number()?,
            _ => {}
        }
    }
    if (1..=100).contains(&take) { Ok((from, take)) } else { Err(Refused::Parameter("take is 1 to 100")) }
}

/// `next` is a place in the list here; at Auth0 it is opaque.
async fn list(State(auth0): State<Auth0StandIn>, RawQuery(query): RawQuery) -> Answer {
    let (from, take) = cut(query)?;
    let tenant = lock(&auth0.it.tenant);
    let streams: Vec<Value> =
        tenant.streams().iter().skip(from).take(take).map(crate::auth0::Stream::to_json).collect();
    let mut told = json!({ "eventStreams": streams });
    if let Some(told) = told.as_object_mut().filter(|_| from + take < tenant.streams().len()) {
        told.insert("next".to_owned(), (from + take).to_string().into());
    }
    Ok(Json(told))
}

async fn create(State(auth0): State<Auth0StandIn>, body: Bytes) -> Accepted {
    let told = lock(&auth0.it.tenant).create_stream(body_of(&body)?, clock::now_ms())?;
    Ok((StatusCode::CREATED, Json(told)))
}

async fn read(State(auth0): State<Auth0StandIn>, Path(id): Path<String>) -> Answer {
    Ok(Json(lock(&auth0.it.tenant).stream(&id)?.to_json()))
}

async fn update(State(auth0): State<Auth0StandIn>, Path(id): Path<String>, body: Bytes) -> Answer {
    Ok(Json(lock(&auth0.it.tenant).update_stream(&id, body_of(&body)?, clock::now_ms())?))
}

/// 204 whether or not there was such a stream.
async fn delete(State(auth0): State<Auth0StandIn>, Path(id): Path<String>) -> StatusCode {
    lock(&auth0.it.tenant).delete_stream(&id);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Test {
    event_type: String,
}

async fn test(State(auth0): State<Auth0StandIn>, Path(id): Path<String>, body: Bytes) -> Accepted {
    let asked: Test = body_of(&body)?;
    Ok((StatusCode::ACCEPTED, Json(auth0.send_test(&id, &asked.event_type)?)))
}

async fn deliveries(State(auth0): State<Auth0StandIn>, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    lock(&auth0.it.tenant).stream(&id)?;
    let (from, take) = cut(query)?;
    let failed = auth0.events().failed();
    let told = failed.iter().filter_map(|failed| told_failure(failed, &id));
    Ok(Json(told.skip(from).take(take).collect()))
}

async fn redeliver(State(auth0): State<Auth0StandIn>, Path(id): Path<String>) -> Accepted {
    lock(&auth0.it.tenant).stream(&id)?;
    auth0.events().redeliver(|failed| told_failure(failed, &id).is_some());
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}

async fn redeliver_one(State(auth0): State<Auth0StandIn>, Path((id, event)): Path<(String, String)>) -> Accepted {
    lock(&auth0.it.tenant).stream(&id)?;
    let wanted = |told: Value| told.get("id").and_then(Value::as_str) == Some(&event);
    auth0.events().redeliver(|failed| told_failure(failed, &id).is_some_and(wanted));
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}
