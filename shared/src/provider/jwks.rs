//! The public keys that an issuer signs user tokens with, as it publishes them.

use std::time::Duration;

use reqwest::{Method, Request, Url};

use super::client::Client;
use super::error::{Call, ProviderError};
use super::limits::Limits;
use crate::clock::Clock;
use crate::domain::Issuer;

/// A user waits for the answer, so an issuer is not waited for long.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(1),
    request: Duration::from_secs(2),
    attempts: 2,
    backoff: Duration::from_millis(50),
    after_429: Duration::from_secs(1),
    patience: Duration::from_secs(3),
};

/// Where an issuer's keys are read.
pub struct Jwks {
    url: Url,
    call: Call,
    client: Client,
}

impl Jwks {
    /// `{issuer}/.well-known/jwks.json` of an issuer that is configured, never of one that only a token names.
    pub fn of(provider: &'static str, issuer: &Issuer, clock: Clock) -> Result<Self, ProviderError> {
        let unusable = |_| ProviderError::Unusable { provider, what: "its issuer is no base of a URL" };
        let url = Url::parse(&format!("{issuer}/.well-known/jwks.json")).map_err(unusable)?;
        let call = Call { provider, operation: "tell its signing keys" };
        Ok(Self { url, call, client: Client::new(provider, issuer, LIMITS, clock)? })
    }

    /// The document as it stands now.
    pub async fn read(&self) -> Result<Vec<u8>, ProviderError> {
        let answer = self.client.send(self.call, &Request::new(Method::GET, self.url.clone())).await?;
        Ok(answer.success(self.call, "the configured issuer")?.body)
    }

    /// An answer that is no key set.
    pub fn unreadable(&self) -> ProviderError {
        ProviderError::Unreadable { call: self.call, what: "the answer is no set of keys" }
    }
}
