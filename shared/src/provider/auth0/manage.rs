//! Requests that change how a tenant is set up, each with the scope that it needs.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::Value;

use super::{Auth0, NAME, call};
use crate::provider::client::Answer;
use crate::provider::error::{Call, ProviderError};
use crate::provider::path::segment;

/// What is asked, and the scope without which Auth0 refuses it.
#[derive(Clone, Copy)]
pub(super) struct Errand {
    pub(super) call: Call,
    scope: &'static str,
    method: &'static Method,
    /// As often as the limits say, or once: what is made twice by a repeat is asked for once. None, where not even a 429
    /// may be repeated.
    attempts: Option<u32>,
}

impl Errand {
    /// Reads.
    pub(super) const fn read(operation: &'static str, scope: &'static str) -> Self {
        Self { call: call(operation), scope, method: &Method::GET, attempts: None }
    }

    /// Makes something: a lost answer may have made it, and whoever runs again finds it.
    pub(super) const fn make(operation: &'static str, scope: &'static str) -> Self {
        Self { call: call(operation), scope, method: &Method::POST, attempts: Some(1) }
    }

    /// Sets something to what it may be set to twice.
    pub(super) const fn set(operation: &'static str, scope: &'static str) -> Self {
        Self { call: call(operation), scope, method: &Method::PATCH, attempts: None }
    }

    /// Replaces a whole that others may change meanwhile: to repeat it would undo what they did.
    pub(super) const fn replace(operation: &'static str, scope: &'static str) -> Self {
        Self { call: call(operation), scope, method: &Method::PATCH, attempts: Some(0) }
    }

    pub(super) fn unreadable(self, what: &'static str) -> ProviderError {
        ProviderError::Unreadable { call: self.call, what }
    }
}

impl Auth0 {
    /// The URL of `/api/v2` and these segments below it.
    pub(super) fn managed(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Url, ProviderError> {
        let unusable = |what| ProviderError::Unusable { provider: NAME, what };
        let encoded: Option<Vec<String>> = segments.iter().map(|text| segment(text)).collect();
        let path = encoded.ok_or_else(|| unusable("an id cannot be part of a URL"))?.join("/");
        let mut url = Url::parse(&format!("{}/api/v2/{path}", self.0.base));
        if let Ok(url) = &mut url
            && !query.is_empty()
        {
            url.query_pairs_mut().extend_pairs(query);
        }
        url.map_err(|_| unusable("its base URL is none"))
    }

    /// Asks, and takes any success for one.
    pub(super) async fn run(&self, errand: Errand, url: Url, body: Option<Value>) -> Result<Answer, ProviderError> {
        let mut request = Request::new(errand.method.clone(), url);
        if let Some(body) = body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.to_string().into());
        }
        let answer = self.ask_at_most(errand.attempts, errand.call, request).await?;
        let (call, status) = (errand.call, answer.status.as_u16());
        match answer.status {
            status if status.is_success() => Ok(answer),
            StatusCode::FORBIDDEN => Err(ProviderError::Unauthorized { call, status, look_at: errand.scope }),
            StatusCode::UNAUTHORIZED => {
                Err(ProviderError::Unauthorized { call, status, look_at: "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET" })
            }
            _ => Err(ProviderError::Refused { call, status }),
        }
    }
}
