//! A file from wherever a provider's link leads: without our token, at nobody's pace, and not all at once.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use reqwest::{Method, Request, Response, Url};
use tokio::time::timeout;

use super::{Client, Failed, unreachable};
use crate::provider::error::{Call, ProviderError};

/// The client's own limit on a whole answer is for answers that are read at once: this stands in for none.
const WHOLE: Duration = Duration::from_secs(24 * 60 * 60);

/// A file that is on its way.
pub(in crate::provider) struct Download {
    /// How the link was answered.
    pub(in crate::provider) status: StatusCode,
    /// Whether the answer's framing tells its end; else a broken connection looks the same.
    pub(in crate::provider) is_framed: bool,
    response: Response,
    silence: Duration,
    call: Call,
}

impl Client {
    /// Opens a link, once. Nothing of ours goes with it, and a redirect is not followed.
    pub(in crate::provider) async fn open(&self, call: Call, link: Url) -> Result<Download, ProviderError> {
        let silence = self.limits.request;
        let mut request = Request::new(Method::GET, link);
        *request.timeout_mut() = Some(WHOLE);
        let response = timeout(silence, self.http.execute(request)).await.map_err(|_| silent(call))?;
        let response = response.map_err(|error| broken(call, &error))?;
        let (status, headers) = (response.status(), response.headers());
        let is_framed = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
        Ok(Download { status, is_framed, response, silence, call })
    }
}

impl Download {
    /// The next bytes, as they come; `None` at the end. One that is shorter than it was to be ends with an error.
    pub(in crate::provider) async fn chunk(&mut self) -> Result<Option<Bytes>, ProviderError> {
        let chunk = timeout(self.silence, self.response.chunk()).await.map_err(|_| silent(self.call))?;
        chunk.map_err(|error| broken(self.call, &error))
    }
}

fn silent(call: Call) -> ProviderError {
    ProviderError::Unreachable { call, why: "no answer in time" }
}

fn broken(call: Call, error: &reqwest::Error) -> ProviderError {
    match unreachable(call, error) {
        Failed::Refused(error) | Failed::Broken(error) | Failed::Hopeless(error) => error,
    }
}
