//! What the Management API answers when it refuses: `{statusCode, error, message, errorCode}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 401, no bearer.
    NoToken,
    /// 401, a bearer that was not issued here, or has expired.
    BadToken,
    /// 400, the body is not what the schema asks for. Says why.
    Body(String),
    /// 400, a parameter of the query is not.
    Parameter(&'static str),
    /// 400, `q` cannot be understood.
    Query(&'static str),
    /// 400, past the thousandth user.
    PastTheCap,
    /// 404, nobody of that identifier.
    NoUser,
    /// 404, no job of that identifier, or none any more.
    NoJob,
    /// 400, no connection of that identifier.
    NoConnection,
    /// 409, somebody has this identifier, or this address in the connection.
    UserExists,
    /// 400, an account cannot be linked to itself.
    Itself,
    /// 400, there is no such identity to unlink.
    NoIdentity,
    /// 403, a blocked user cannot log in.
    Blocked,
    /// 429.
    TooMany,
}

impl Refused {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::NoUser | Self::NoJob => StatusCode::NOT_FOUND,
            Self::UserExists => StatusCode::CONFLICT,
            Self::Blocked => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Auth0's name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoToken | Self::BadToken => "invalid_token",
            Self::Body(_) | Self::Itself => "invalid_body",
            Self::Parameter(_) | Self::Query(_) => "invalid_query_string",
            Self::PastTheCap => "invalid_paging",
            Self::NoUser => "inexistent_user",
            Self::NoJob => "inexistent_job",
            Self::NoConnection => "inexistent_connection",
            Self::UserExists => "auth0_idp_error",
            Self::NoIdentity => "inexistent_identity",
            Self::Blocked => "user_blocked",
            Self::TooMany => "too_many_requests",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoToken => "Missing authentication".to_owned(),
            Self::BadToken => "Invalid token".to_owned(),
            Self::Body(why) => format!("Payload validation error: '{why}'."),
            Self::Parameter(why) => format!("Query validation error: '{why}'."),
            Self::Query(why) => format!("invalid_query_string: {why}"),
            Self::PastTheCap => "You can only page through the first 1000 records. See \
                https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation"
                .to_owned(),
            Self::NoUser => "The user does not exist.".to_owned(),
            Self::NoJob => "Job not found.".to_owned(),
            Self::NoConnection => "The connection does not exist.".to_owned(),
            Self::UserExists => "The user already exists.".to_owned(),
            Self::Itself => "Main identity cannot be linked to itself.".to_owned(),
            Self::NoIdentity => "The identity does not exist.".to_owned(),
            Self::Blocked => "user is blocked".to_owned(),
            Self::TooMany => "Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and \
                X-RateLimit-Reset headers."
                .to_owned(),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = json!({
            "statusCode": status.as_u16(),
            "error": status.canonical_reason(),
            "message": self.message(),
            "errorCode": self.code(),
        });
        (status, Json(body)).into_response()
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.status().as_u16(), self.code())
    }
}

impl std::error::Error for Refused {}
