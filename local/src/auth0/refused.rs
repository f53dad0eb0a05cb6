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
    /// 403, the token is not allowed this.
    Scope(&'static str),
    /// 404, no Action of that identifier.
    NoAction,
    /// 400, no such binding in this flow.
    NoBinding,
    /// 400, what is not built cannot be deployed.
    NotBuilt,
    /// 400, what is not deployed cannot be bound.
    NotDeployed,
    /// 409, what is bound cannot be deleted.
    Bound,
    /// 404, no event stream of that identifier.
    NoStream,
    /// 409, a stream has that name.
    StreamExists,
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
    /// 400, for whatever reason: a fault of this stand-in's own.
    Outage,
}

impl Refused {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::NoUser | Self::NoJob | Self::NoAction | Self::NoStream => StatusCode::NOT_FOUND,
            Self::UserExists | Self::Bound | Self::StreamExists => StatusCode::CONFLICT,
            Self::Blocked | Self::Scope(_) => StatusCode::FORBIDDEN,
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
            Self::Scope(_) => "insufficient_scope",
            Self::NoAction => "inexistent_action",
            Self::NoBinding => "inexistent_binding",
            Self::NotBuilt | Self::NotDeployed => "invalid_state",
            Self::Bound => "action_bound",
            Self::NoStream => "inexistent_event_stream",
            Self::StreamExists => "event_stream_name_taken",
            Self::TooMany => "too_many_requests",
            Self::Outage => "outage",
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
            Self::Scope(scope) => format!("Insufficient scope, expected any of: {scope}"),
            Self::NoAction => "That action does not exist.".to_owned(),
            Self::NoBinding => "That binding does not exist.".to_owned(),
            Self::NotBuilt => "A draft must be in the 'built' state before it can be deployed.".to_owned(),
            Self::NotDeployed => "Trying to create a binding for an action that has not been deployed yet".to_owned(),
            Self::Bound => "An action must be unbound from all triggers before it can be deleted.".to_owned(),
            Self::NoStream => "The event stream does not exist.".to_owned(),
            Self::StreamExists => "Event stream name already in use.".to_owned(),
            Self::Outage => "Something is out.".to_owned(),
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
