//! Export jobs and their files.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::auth0::exports::{Asked, Fetched, LinkRefused, body as file};
use crate::auth0::{Auth0StandIn, Refused};
use crate::stand_in::{clock, front, lock};

type Answer = Result<Json<Value>, Refused>;

pub(super) async fn begin(State(auth0): State<Auth0StandIn>, body: Bytes) -> Answer {
    let asked = Asked::read(&body)?;
    if asked.connection_id().is_some_and(|id| !lock(&auth0.it.register).has_connection(id)) {
        return Err(Refused::NoConnection);
    }
    Ok(Json(auth0.it.exports.begin(asked, clock::now_ms()).begun()))
}

pub(super) async fn job(State(auth0): State<Auth0StandIn>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    // A container on this machine knows it by another name, under which it will fetch the file.
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).map(|host| format!("http://{host}"));
    let base_url = host.unwrap_or_else(|| lock(&auth0.it.base_url).clone());
    Ok(Json(auth0.it.exports.told(&id, &base_url, clock::now_ms())?))
}

/// The file. Who sends a bearer along is refused, as by a storage service that is given two proofs at once.
pub(super) async fn fetch(
    State(auth0): State<Auth0StandIn>,
    headers: HeaderMap,
    Path(job): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if headers.contains_key(AUTHORIZATION) {
        return refused(LinkRefused::Bearer);
    }
    match file(&auth0, &job, &query.unwrap_or_default(), clock::now_ms()) {
        Ok(Fetched::Html) => front::html(StatusCode::OK),
        Ok(Fetched::File(body)) => {
            let name = format!("attachment; filename=\"{}.json.gz\"", auth0.it.options.tenant);
            ([(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response()
        }
        Err(why) => refused(why),
    }
}

fn refused(why: LinkRefused) -> Response {
    let (status, code, message) = match why {
        LinkRefused::Bearer => (StatusCode::BAD_REQUEST, "InvalidArgument", "Only one auth mechanism allowed"),
        LinkRefused::Expired => (StatusCode::FORBIDDEN, "AccessDenied", "Request has expired"),
        LinkRefused::Signature => (
            StatusCode::FORBIDDEN,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        ),
        LinkRefused::NoFile => (StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist."),
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    (status, [(CONTENT_TYPE, "application/xml")], body).into_response()
}
