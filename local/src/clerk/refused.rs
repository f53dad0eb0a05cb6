//! What Clerk answers when it refuses: `{"errors": [{message, long_message, code, meta}], "clerk_trace_id"}`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal. Statuses and codes are Clerk's; the words are this stand-in's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 401, no bearer.
    NoKey,
    /// 401, another bearer.
    WrongKey,
    /// 400, an API version that does not exist, or one named twice.
    Version,
    /// 404, with the kind of thing and its identifier.
    NotFound(&'static str, String),
    /// 422, the identifier belongs to somebody already. Names the parameter.
    Taken(&'static str),
    /// 422, the parameter is unknown.
    Unknown(String),
    /// 422, the parameter is missing.
    Missing(&'static str),
    /// 422, the parameter has a wrong value. Says what is right.
    Invalid(&'static str, &'static str),
    /// 400, the body is no JSON of that shape.
    Body,
    /// 429, with the seconds to wait.
    TooMany(u64),
}

impl Refused {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::WrongKey => StatusCode::UNAUTHORIZED,
            Self::Version | Self::Body => StatusCode::BAD_REQUEST,
            Self::NotFound(..) => StatusCode::NOT_FOUND,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Taken(_) | Self::Unknown(_) | Self::Missing(_) | Self::Invalid(..) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }

    /// Clerk's name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoKey => "authorization_header_format_invalid",
            Self::WrongKey => "clerk_key_invalid",
            Self::Version => "api_version_invalid",
            Self::NotFound(..) => "resource_not_found",
            Self::Taken(_) => "form_identifier_exists",
            Self::Unknown(_) => "form_param_unknown",
            Self::Missing(_) => "form_param_missing",
            Self::Invalid(..) => "form_param_value_invalid",
            Self::Body => "request_body_invalid",
            Self::TooMany(_) => "too_many_requests",
        }
    }

    fn words(&self) -> (String, String) {
        let (short, long) = match self {
            Self::NoKey => ("is missing", "The Authorization header must be 'Bearer SECRET_KEY'.".to_owned()),
            Self::WrongKey => ("is invalid", "The provided Clerk Secret Key is invalid.".to_owned()),
            Self::Version => ("is invalid", "Name one existing version, in the header or in the query.".to_owned()),
            Self::NotFound(kind, id) => ("not found", format!("No {kind} was found with id {id}.")),
            Self::Taken(name) => ("is taken", format!("That {name} is taken. Please try another.")),
            Self::Unknown(name) => ("is unknown", format!("{name} is not a valid parameter for this request.")),
            Self::Missing(name) => ("is missing", format!("{name} must be included.")),
            Self::Invalid(name, rule) => ("is invalid", format!("{name} {rule}.")),
            Self::Body => ("is invalid", "The request body is not of the expected shape.".to_owned()),
            Self::TooMany(_) => ("too many requests", "Too many requests. Please try again later.".to_owned()),
        };
        (short.to_owned(), long)
    }

    fn meta(&self) -> Value {
        match self {
            Self::Taken(name) | Self::Missing(name) | Self::Invalid(name, _) => {
                json!({ "param_name": name })
            }
            Self::Unknown(name) => json!({ "param_name": name }),
            _ => json!({}),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (message, long_message) = self.words();
        let error = json!({
            "message": message, "long_message": long_message, "code": self.code(), "meta": self.meta(),
        });
        let body = Json(json!({ "errors": [error], "meta": {}, "clerk_trace_id": "00000000000000000000000000000000" }));
        let mut response = (self.status(), body).into_response();
        if let Self::TooMany(seconds) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.status().as_u16(), self.code())
    }
}

impl std::error::Error for Refused {}
