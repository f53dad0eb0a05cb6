//! A single message to a door of ours, as somebody outside would send it.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use super::client::Client;
use super::error::{Call, ProviderError};
use super::limits::Limits;
use crate::clock::Clock;
use crate::domain::Issuer;

const KNOCK: Call = Call { provider: "the door", operation: "be reached" };
/// A person waits for it. A message is sent again only where no answer came.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    request: Duration::from_secs(15),
    attempts: 2,
    backoff: Duration::from_millis(250),
    after_429: Duration::from_secs(1),
    patience: Duration::from_secs(30),
};

/// Posts JSON to `path` below `base`, and tells the status of the answer, and its body where that is a success.
pub async fn knock(
    base: &Issuer,
    path: &str,
    headers: &[(&'static str, String)],
    body: Vec<u8>,
    clock: Clock,
) -> Result<(u16, Vec<u8>), ProviderError> {
    let unusable = |what| ProviderError::Unusable { provider: "the door", what };
    let url = Url::parse(&format!("{base}{path}")).map_err(|_| unusable("its URL is none"))?;
    let mut request = Request::new(Method::POST, url);
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).map_err(|_| unusable("a header cannot be sent"))?;
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(body.into());
    let answer = Client::new("the door", base, LIMITS, clock)?.send(KNOCK, &request).await;
    match answer {
        Ok(answer) => Ok((answer.status.as_u16(), answer.body)),
        Err(ProviderError::Refused { status, .. }) => Ok((status, Vec::new())),
        Err(error) => Err(error),
    }
}
