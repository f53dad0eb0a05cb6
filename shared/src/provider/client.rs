//! Requests to a provider: paced, bounded, tried again where that can help.

mod download;

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use reqwest::{Request, Response, redirect};
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::date::date_of;
use super::error::{Call, ProviderError};
use super::limits::Limits;
use super::pace::{Pace, Told};
use crate::clock::{Clock, Timestamp, instant};
use crate::domain::Issuer;
pub(super) use download::Download;

/// No answer may be longer than this: the largest page of users, many times over.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// A client of one provider. Its requests keep one pace.
pub(super) struct Client {
    http: reqwest::Client,
    pace: Pace,
    limits: Limits,
    clock: Clock,
    /// Whether a 409 may pass: where it means that something else holds the object just now.
    conflicts_pass: bool,
}

/// An answer that is no reason to ask again.
pub(super) struct Answer {
    /// 2xx, 3xx, or 4xx other than 429; or whatever the server says no repeat will change.
    pub(super) status: StatusCode,
    /// The body.
    pub(super) body: Vec<u8>,
    /// By our clock, when the request went out that was answered.
    pub(super) sent_at: Timestamp,
    /// When the answer was given: by the server's clock if it tells, else when it came.
    pub(super) answered_at: Timestamp,
    /// Whether the server told that time.
    pub(super) dated: bool,
}

/// How an attempt ended that brought no answer.
enum Failed {
    /// By a 429, after which the pace says how long to wait.
    Refused(ProviderError),
    /// In a way that may pass.
    Broken(ProviderError),
    /// For good.
    Hopeless(ProviderError),
}

impl Client {
    /// A client for `base`, with the platform's trusted roots. Redirects are not followed: they would carry the token.
    pub(super) fn new(
        provider: &'static str,
        base: &Issuer,
        limits: Limits,
        clock: Clock,
    ) -> Result<Self, ProviderError> {
        // Whoever was first installed the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("identity-spine/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(limits.connect)
            .timeout(limits.request);
        if base.as_str().starts_with("http://") {
            // On loopback nobody's certificate is asked for, and no proxy is between.
            http = http.tls_certs_only([]).no_proxy();
        }
        let http = http.build().map_err(|_| ProviderError::Unusable {
            provider,
            what: "no HTTPS client can be made; are root certificates installed?",
        })?;
        Ok(Self { http, pace: Pace::default(), limits, clock, conflicts_pass: false })
    }

    /// The same client at a pace of at most so many requests a second, to which a 409 may pass.
    pub(super) fn at_most(self, per_second: u32) -> Self {
        Self { pace: Pace::at_most(per_second), conflicts_pass: true, ..self }
    }

    /// The same connections at another pace, for an endpoint with a limit of its own.
    pub(super) fn at_own_pace(&self) -> Self {
        Self {
            http: self.http.clone(),
            pace: Pace::default(),
            limits: self.limits,
            clock: self.clock.clone(),
            conflicts_pass: self.conflicts_pass,
        }
    }

    /// Sends a request until it is answered, or patience ends.
    pub(super) async fn send(&self, call: Call, request: &Request) -> Result<Answer, ProviderError> {
        self.send_at_most(self.limits.attempts, call, request).await
    }

    /// The same with fewer attempts, for what a repeat may do a second time; with none, a 429 ends it too.
    pub(super) async fn send_at_most(
        &self,
        attempts: u32,
        call: Call,
        request: &Request,
    ) -> Result<Answer, ProviderError> {
        let end = instant() + self.limits.patience;
        let (mut broken, mut refused) = (0, 0);
        let mut last = ProviderError::Refused { call, status: StatusCode::TOO_MANY_REQUESTS.as_u16() };
        loop {
            last = match self.attempt(call, request, refused + 1, end, last).await {
                Ok(answer) => return Ok(answer),
                Err(Failed::Hopeless(error)) => return Err(error),
                Err(Failed::Refused(error)) if attempts == 0 => return Err(error),
                Err(Failed::Refused(error)) => {
                    refused += 1;
                    error
                }
                Err(Failed::Broken(error)) => {
                    broken += 1;
                    let wait = self.limits.after_failure(broken);
                    if broken >= attempts || instant() + wait > end {
                        return Err(error);
                    }
                    sleep(wait).await;
                    error
                }
            };
        }
    }

    /// Sends it once, in its turn. `last` is why it was not answered before.
    async fn attempt(
        &self,
        call: Call,
        request: &Request,
        nth: u32,
        end: Instant,
        last: ProviderError,
    ) -> Result<Answer, Failed> {
        let turn = self.pace.turn(end).await.ok_or(Failed::Hopeless(last))?;
        let unusable = ProviderError::Unusable { provider: call.provider, what: "the request cannot be sent twice" };
        let request = request.try_clone().ok_or(Failed::Hopeless(unusable))?;
        let sent_at = self.clock.now();
        let response = self.http.execute(request).await.map_err(|error| unreachable(call, &error))?;
        let (status, now) = (response.status(), self.clock.now());
        let told = Told::read(response.headers(), now);
        let error = ProviderError::Refused { call, status: status.as_u16() };
        if status == StatusCode::TOO_MANY_REQUESTS {
            turn.refused(&told, self.limits.after_refusal(nth, told.wait()));
            return Err(Failed::Refused(error));
        }
        turn.heed(&told, left_alone(status, &told));
        if may_pass(status, response.headers(), self.conflicts_pass) {
            return Err(Failed::Broken(error));
        }
        let date = date_of(response.headers());
        let body = bounded(call, response).await?;
        Ok(Answer { status, body, sent_at, answered_at: date.unwrap_or(now), dated: date.is_some() })
    }
}

/// Whether the same request may be answered otherwise in a moment, by the server's own word where it gives one.
///
/// A stored answer never is. Source: Stripe's `Stripe-Should-Retry` and `Idempotent-Replayed`.
fn may_pass(status: StatusCode, headers: &HeaderMap, conflicts_pass: bool) -> bool {
    let says = |name: &str, word: &str| headers.get(name).is_some_and(|value| value == word);
    if status.is_success() || says("idempotent-replayed", "true") || says("stripe-should-retry", "false") {
        return false;
    }
    let conflict = conflicts_pass && status == StatusCode::CONFLICT;
    status.is_server_error() || conflict || says("stripe-should-retry", "true")
}

/// A server that is out may say for how long.
fn left_alone(status: StatusCode, told: &Told) -> Option<Duration> {
    if status.is_server_error() { told.retry_after() } else { None }
}

async fn bounded(call: Call, mut response: Response) -> Result<Vec<u8>, Failed> {
    let too_long = Failed::Hopeless(ProviderError::Unreadable { call, what: "the answer is longer than 16 MiB" });
    let length = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    if length > LONGEST_BODY {
        return Err(too_long);
    }
    let mut body = Vec::with_capacity(length);
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(call, &error))? {
        if body.len() + chunk.len() > LONGEST_BODY {
            return Err(too_long);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// reqwest's own error names the URL: only its kind is kept.
fn unreachable(call: Call, error: &reqwest::Error) -> Failed {
    let because = |why| ProviderError::Unreachable { call, why };
    match () {
        () if error.is_builder() => Failed::Hopeless(because("the request cannot be made")),
        () if error.is_timeout() => Failed::Broken(because("no answer in time")),
        () if error.is_connect() => Failed::Broken(because("no connection")),
        () => Failed::Broken(because("the connection broke")),
    }
}

impl Answer {
    /// The body as JSON of this shape. serde's own error may quote the body: it is not kept.
    pub(super) fn json<'a, T: Deserialize<'a>>(&'a self, call: Call) -> Result<T, ProviderError> {
        let what = "the answer is not the JSON that it should be";
        serde_json::from_slice(&self.body).map_err(|_| ProviderError::Unreadable { call, what })
    }

    /// The same answer, if it is a success; 401 and 403 name the variables to look at.
    pub(super) fn success(self, call: Call, look_at: &'static str) -> Result<Self, ProviderError> {
        let status = self.status.as_u16();
        match self.status {
            StatusCode::OK => Ok(self),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(ProviderError::Unauthorized { call, status, look_at })
            }
            _ => Err(ProviderError::Refused { call, status }),
        }
    }
}

#[cfg(test)]
mod tests;
