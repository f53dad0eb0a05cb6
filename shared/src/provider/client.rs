//! Requests to a provider: paced, retried while a retry can help, and read whole.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use rand::RngExt;
use reqwest::{Request, RequestBuilder, Response};

use super::error::ProviderError;
use super::pace::Pace;
use crate::clock::{Clock, Timestamp};

/// How often one request may fail.
const ATTEMPTS: u32 = 6;
/// How often one request may be told to come again later.
const REFUSALS: u32 = 60;
/// The first pause between two attempts; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The largest answer: a page of 500 users with all their metadata stays far below.
const LARGEST: usize = 32 << 20;

/// Who is asked, and how fast.
pub(super) struct ProviderClient {
    http: reqwest::Client,
    pace: Pace,
    provider: &'static str,
    variables: &'static str,
    pub(super) clock: Clock,
}

/// An answer that is no failure of the way: 2xx, or one of the 4xx that mean something.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    /// When it was asked, by our clock.
    pub(super) asked_at: Timestamp,
    /// When it answered, by its own clock where it tells.
    pub(super) answered_at: Timestamp,
}

impl ProviderClient {
    /// A client of `provider`; `variables` are named when it refuses our credentials.
    pub(super) fn new(provider: &'static str, variables: &'static str, clock: Clock) -> Result<Self, ProviderError> {
        // Whoever installed a provider before us did it for the same reason.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .user_agent(concat!("identity-spine/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| ProviderError::Unreachable { provider, kind: "no TLS on this machine".to_owned() })?;
        Ok(Self { http, pace: Pace::default(), provider, variables, clock })
    }

    /// The HTTP client, to build requests with.
    pub(super) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends a request until it is answered. 429, 5xx and failures of the way are tried again, other answers are not.
    ///
    /// A 429 is no failure: it says when to come again. Whoever got one waits in a line, for of many who come again
    /// at the same moment the same few could be refused each time.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, ProviderError> {
        let unbuildable = |_| self.unreachable("the request cannot be built");
        let request = request.build().map_err(unbuildable)?;
        let (mut failures, mut refusals, mut turn) = (0, 0, None);
        loop {
            let again = request.try_clone().ok_or_else(|| self.unreachable("the request cannot be repeated"))?;
            let last = match self.attempt(again).await {
                Ok(answer) if answer.status == 429 && refusals < REFUSALS => {
                    refusals += 1;
                    if turn.is_none() {
                        turn = Some(self.pace.turn().await);
                    }
                    continue;
                }
                Ok(answer) if answer.status != 429 && answer.status < 500 => return Ok(answer),
                Ok(answer) => format!("status {}", answer.status),
                Err(kind) => kind,
            };
            failures += 1;
            if failures >= ATTEMPTS || refusals >= REFUSALS {
                return Err(self.unreachable(&last));
            }
            let jitter = rand::rng().random_range(0.5..1.0);
            tokio::time::sleep((FIRST_PAUSE * (1 << (failures - 1))).mul_f64(jitter)).await;
        }
    }

    async fn attempt(&self, request: Request) -> Result<Answer, String> {
        self.pace.wait().await;
        let asked_at = self.clock.now();
        let response = self.http.execute(request).await.map_err(kind)?;
        let status = response.status().as_u16();
        self.pace.obey(status, response.headers(), self.clock.now());
        let answered_at = date(response.headers()).unwrap_or_else(|| self.clock.now());
        let body = body(response).await?;
        Ok(Answer { status, body, asked_at, answered_at })
    }

    /// The answer, if it is a success; else what the refusal means.
    pub(super) fn succeeded(&self, answer: Answer, operation: &'static str) -> Result<Answer, ProviderError> {
        let provider = self.provider;
        match answer.status {
            200..=299 => Ok(answer),
            status @ (401 | 403) => Err(ProviderError::Unauthorized { provider, status, variables: self.variables }),
            status => Err(ProviderError::Refused { provider, operation, status }),
        }
    }

    /// Reads a body of JSON.
    pub(super) fn read<'a, T: serde::Deserialize<'a>>(
        &self,
        body: &'a [u8],
        operation: &'static str,
    ) -> Result<T, ProviderError> {
        // serde's error would quote the body.
        serde_json::from_slice(body).map_err(|_| self.unreadable(operation))
    }

    /// The answer cannot be read.
    pub(super) fn unreadable(&self, operation: &'static str) -> ProviderError {
        ProviderError::Unreadable { provider: self.provider, operation }
    }

    fn unreachable(&self, kind: &str) -> ProviderError {
        ProviderError::Unreachable { provider: self.provider, kind: kind.to_owned() }
    }
}

/// How the way failed. reqwest's own text holds the URL, and with it a query.
fn kind(error: reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    kind.to_owned()
}

async fn body(response: Response) -> Result<Bytes, String> {
    let mut body =
        Vec::with_capacity(usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(0).min(LARGEST));
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(kind)?;
        if body.len() + chunk.len() > LARGEST {
            return Err("the answer is too large".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    Timestamp::from_http_date(headers.get(http::header::DATE)?.to_str().ok()?)
}

/// A subject as one segment of a path.
pub(super) fn segment(subject: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~');
    subject
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_end_a_segment_is_escaped() {
        assert_eq!(segment("auth0|a/b#c%d?e f.ü"), "auth0%7Ca%2Fb%23c%25d%3Fe%20f%2E%C3%BC");
    }
}
