//! A refusal as RFC 9457 tells it: one message for the caller, another for the log.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::aws::SecretsUnavailable;
use crate::queue::QueueError;
use crate::store::StoreError;
use crate::wire::json::BadBody;

/// A failed request. `code` is contract, `detail` is for the caller, `cause` is only for the log.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    cause: Option<String>,
    challenge: Option<&'static str>,
}

impl Problem {
    /// A refusal that the caller can mend.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), cause: None, challenge: None }
    }

    /// One answer to all who lack a right bearer secret.
    pub fn unauthorized(detail: &'static str) -> Self {
        Self { challenge: Some("Bearer"), ..Self::unsigned(detail) }
    }

    /// One answer to all who present a token that does not count.
    pub fn bad_token(detail: &'static str) -> Self {
        Self { challenge: Some(r#"Bearer error="invalid_token""#), ..Self::unsigned(detail) }
    }

    /// The same, with why, for the log alone.
    pub fn because(self, cause: &impl ToString) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    /// The same, with what `WWW-Authenticate` says.
    pub fn with_challenge(self, challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// One answer to all who lack a right signature.
    pub fn unsigned(detail: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// Nothing is known to be written, and a retry ends right.
    pub fn unavailable(cause: &impl ToString) -> Self {
        let detail = "temporarily unavailable; try again";
        let cause = Some(cause.to_string());
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "unavailable",
            detail: detail.to_owned(),
            cause,
            challenge: None,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl From<BadBody> for Problem {
    fn from(bad: BadBody) -> Self {
        Self::new(StatusCode::BAD_REQUEST, bad.code, bad.detail)
    }
}

impl From<SecretsUnavailable> for Problem {
    fn from(error: SecretsUnavailable) -> Self {
        Self::unavailable(&error)
    }
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        Self::unavailable(&error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } => Self::unavailable(&error),
            StoreError::Corrupt { .. } => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                code: "internal",
                detail: "this request met a fault of ours".to_owned(),
                cause: Some(error.to_string()),
                challenge: None,
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status.as_u16();
        if self.status.is_server_error() {
            tracing::error!(status, code = self.code, cause = self.cause, "refused");
        } else {
            tracing::info!(status, code = self.code, cause = self.cause, "refused");
        }
        let title = self.status.canonical_reason().unwrap_or("");
        let body =
            json!({"type": "about:blank", "title": title, "status": status, "code": self.code, "detail": self.detail});
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
