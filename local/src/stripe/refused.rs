//! What Stripe answers when it refuses: `{"error": {type, code?, message, param?, doc_url?}}`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal. Statuses, types and codes are Stripe's; the words are this stand-in's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 401, no key.
    NoKey,
    /// 401, another key.
    WrongKey,
    /// 400, a version that cannot be one.
    Version,
    /// 404, no such customer. Names the parameter.
    NoCustomer(&'static str, String),
    /// 404, a route that there is not.
    NoRoute(String),
    /// 400, the parameter is unknown.
    Unknown(String),
    /// 400, the parameter is no whole number.
    NotWhole(String),
    /// 400, the parameter has a wrong value. Says what is right.
    Invalid(&'static str, &'static str),
    /// 400, the same idempotency key with other parameters.
    OtherRequest,
    /// 409, the same idempotency key at the same moment.
    KeyInUse,
    /// 409, something else holds the object.
    Locked,
    /// 429, with the reason.
    TooMany(String),
    /// An error of Stripe's own, with its status.
    Failed(u16),
}

impl Refused {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::WrongKey => StatusCode::UNAUTHORIZED,
            Self::NoCustomer(..) | Self::NoRoute(_) => StatusCode::NOT_FOUND,
            Self::KeyInUse | Self::Locked => StatusCode::CONFLICT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Failed(status) => StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Version | Self::Unknown(_) | Self::NotWhole(_) | Self::Invalid(..) | Self::OtherRequest => {
                StatusCode::BAD_REQUEST
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::OtherRequest | Self::KeyInUse => "idempotency_error",
            Self::Failed(_) => "api_error",
            _ => "invalid_request_error",
        }
    }

    /// Stripe's name of the error, where it has one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::NoCustomer(..) => Some("resource_missing"),
            Self::Unknown(_) => Some("parameter_unknown"),
            Self::NotWhole(_) => Some("parameter_invalid_integer"),
            Self::Invalid("email", _) => Some("email_invalid"),
            Self::KeyInUse => Some("idempotency_key_in_use"),
            Self::Locked => Some("lock_timeout"),
            Self::TooMany(_) => Some("rate_limit"),
            _ => None,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoKey => "You did not provide an API key.".to_owned(),
            Self::WrongKey => "Invalid API Key provided.".to_owned(),
            Self::Version => "Invalid Stripe API version.".to_owned(),
            Self::NoCustomer(_, id) => format!("No such customer: '{id}'"),
            Self::NoRoute(route) => format!("Unrecognized request URL ({route})."),
            Self::Unknown(name) => format!("Received unknown parameter: {name}"),
            Self::NotWhole(name) => format!("Invalid integer: {name}"),
            Self::Invalid(name, rule) => format!("{name} {rule}."),
            Self::OtherRequest => "Keys for idempotent requests can only be used with the same parameters they were first \
                                   used with. Try using a key other than this one if you meant to execute a different request."
                .to_owned(),
            Self::KeyInUse => "There is currently another in-progress request using this Idempotency Key.".to_owned(),
            Self::Locked => "This object cannot be accessed right now because another API request is accessing it.".to_owned(),
            Self::TooMany(_) => "Request rate limit exceeded.".to_owned(),
            Self::Failed(_) => "Sorry! There was an error while talking to one of our backends.".to_owned(),
        }
    }

    fn parameter(&self) -> Option<&str> {
        match self {
            Self::NoCustomer(name, _) | Self::Invalid(name, _) => Some(name),
            Self::Unknown(name) | Self::NotWhole(name) => Some(name),
            _ => None,
        }
    }

    /// The body.
    pub fn to_json(&self) -> Value {
        let mut error = json!({ "type": self.kind(), "message": self.message() });
        if let Some(error) = error.as_object_mut() {
            error.extend(self.code().map(|code| ("code".to_owned(), code.into())));
            error.extend(self.parameter().map(|name| ("param".to_owned(), name.into())));
        }
        json!({ "error": error })
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.to_json())).into_response();
        if let Self::TooMany(reason) = &self
            && let Ok(reason) = HeaderValue::from_str(reason)
        {
            response.headers_mut().insert("stripe-rate-limited-reason", reason);
        }
        response
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.status().as_u16(), self.code().unwrap_or(self.kind()))
    }
}

impl std::error::Error for Refused {}
