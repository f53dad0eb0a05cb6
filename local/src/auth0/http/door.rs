//! What each request to the Management API passes first: the count, the limit and the token.

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::auth0::outage::Struck;
use crate::auth0::scope::asked;
use crate::auth0::{Auth0StandIn, Refused};
use crate::stand_in::limit::Level;
use crate::stand_in::{clock, lock};

/// What the headers say when there is no limit.
const UNLIMITED: Level = Level { granted: true, limit: 1000, remaining: 999, reset_in: 1 };

pub(super) async fn pass(State(auth0): State<Auth0StandIn>, request: Request, next: Next) -> Response {
    auth0.it.front.count(&request);
    let level = lock(&auth0.it.limit).as_mut().map_or(UNLIMITED, |limit| limit.take(clock::instant()));
    let mut response = match admit(&auth0, level, &request) {
        Ok(()) => match auth0.outage_at(request.method()) {
            Struck::No => next.run(request).await,
            Struck::Before => Refused::Outage.into_response(),
            Struck::After => {
                next.run(request).await;
                Refused::Outage.into_response()
            }
        },
        Err(refused) => refused.into_response(),
    };
    let reset = clock::now_ms() / 1000 + i64::from(level.reset_in);
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from(level.limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(level.remaining));
    headers.insert("x-ratelimit-reset", HeaderValue::from(reset));
    response
}

pub(super) async fn count(State(auth0): State<Auth0StandIn>, request: Request, next: Next) -> Response {
    auth0.it.front.count(&request);
    next.run(request).await
}

fn admit(auth0: &Auth0StandIn, level: Level, request: &Request) -> Result<(), Refused> {
    if !level.granted {
        return Err(Refused::TooMany);
    }
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refused::NoToken)?;
    let allowed = lock(&auth0.it.tokens).scope_of(token, clock::now_ms()).ok_or(Refused::BadToken)?;
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let (one, other) = asked(request.method(), route);
    let mut allowed = allowed.split(' ');
    if allowed.any(|scope| scope == one || scope == other) { Ok(()) } else { Err(Refused::Scope(one)) }
}
