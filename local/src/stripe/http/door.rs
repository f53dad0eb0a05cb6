//! What each request to the API passes first: the count, the key, the version and the limit.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::stand_in::{clock, lock};
use crate::stripe::{Refused, StripeStandIn};

/// The version that is spoken where none is named.
const VERSION: &str = "2026-07-29.dahlia";

pub(super) async fn pass(State(stripe): State<StripeStandIn>, request: Request, next: Next) -> Response {
    stripe.it.front.count(&request);
    let named = request.headers().get("stripe-version").cloned();
    let mut response = match admit(&stripe, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    };
    let status = response.status();
    let advice =
        stripe.faults().should_retry.filter(|_| status.is_server_error() || matches!(status.as_u16(), 409 | 429));
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&lock(&stripe.it.register).draw.letters("req_", 14)) {
        headers.insert("request-id", id);
    }
    headers.insert("stripe-version", named.unwrap_or(HeaderValue::from_static(VERSION)));
    if let Some(advice) = advice {
        headers.insert("stripe-should-retry", HeaderValue::from_static(if advice { "true" } else { "false" }));
    }
    response
}

fn admit(stripe: &StripeStandIn, headers: &HeaderMap) -> Result<(), Refused> {
    if key(headers)? != stripe.it.secret_key {
        return Err(Refused::WrongKey);
    }
    let version = headers.get("stripe-version").map(|version| version.to_str().unwrap_or_default());
    if !version.is_none_or(is_version) {
        return Err(Refused::Version);
    }
    if let Some(reason) = lock(&stripe.it.faults).too_many() {
        return Err(Refused::TooMany(reason));
    }
    let level = lock(&stripe.it.limit).as_mut().map(|bucket| bucket.take(clock::instant()));
    if level.is_some_and(|level| !level.granted) {
        return Err(Refused::TooMany("endpoint-rate".to_owned()));
    }
    Ok(())
}

/// By bearer, or as the user of basic authentication.
fn key(headers: &HeaderMap) -> Result<String, Refused> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or(Refused::NoKey)?;
    let (scheme, rest) = header.split_once(' ').ok_or(Refused::NoKey)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Refused::NoKey);
    }
    let pair = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.ok_or(Refused::WrongKey)?;
    Ok(pair.split(':').next().unwrap_or_default().to_owned())
}

/// A date, and since 2024 the name of a release behind it.
fn is_version(text: &str) -> bool {
    let (date, name) = text.split_once('.').unwrap_or((text, "x"));
    let digits = date.bytes().filter(u8::is_ascii_digit).count();
    date.len() == 10 && digits == 8 && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())
}
