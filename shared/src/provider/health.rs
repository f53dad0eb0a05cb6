//! What a provider tells everybody, without credentials.

use std::time::Duration;

use reqwest::{Method, Request, Url};
use serde::Deserialize;

use super::client::Client;
use super::error::{Call, ProviderError};
use super::limits::Limits;
use crate::clock::Clock;
use crate::domain::Issuer;
use crate::wire::lenient::Text;

const DISCOVER: Call = Call { provider: "the issuer", operation: "tell its name" };
/// A person waits for it.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    request: Duration::from_secs(5),
    attempts: 2,
    backoff: Duration::from_millis(250),
    after_429: Duration::from_secs(1),
    patience: Duration::from_secs(10),
};

/// Source: OpenID Connect Discovery 1.0, section 4.2.
#[derive(Deserialize)]
struct Discovered {
    #[serde(default)]
    issuer: Text,
}

/// The name that an issuer gives itself in its discovery document; `None` where it has no such document.
pub async fn named_issuer(issuer: &Issuer, clock: Clock) -> Result<Option<String>, ProviderError> {
    let unusable = ProviderError::Unusable { provider: "the issuer", what: "its URL is none" };
    let url = Url::parse(&format!("{issuer}/.well-known/openid-configuration")).map_err(|_| unusable)?;
    let client = Client::new("the issuer", issuer, LIMITS, clock)?;
    let answer = client.send(DISCOVER, &Request::new(Method::GET, url)).await?;
    if !answer.status.is_success() {
        return Ok(None);
    }
    let told = answer.json(DISCOVER).ok();
    Ok(told.and_then(|discovered: Discovered| discovered.issuer.told()))
}
