//! The lock of a door that users open by themselves: a token that their provider gave them.

use axum::http::{HeaderMap, StatusCode};

use super::intake::bearer;
use super::problem::Problem;
use crate::clock::Timestamp;
use crate::jwt::{TokenError, UserTokens, Visitor};
use crate::telemetry;

/// Who presents a token of their own now.
pub async fn admit_visitor(tokens: &UserTokens, headers: &HeaderMap, now: Timestamp) -> Result<Visitor, Problem> {
    let Some(token) = bearer(headers) else {
        return Err(Problem::unauthorized("a user token is required as the bearer"));
    };
    tokens.verify(token, now).await.map_err(|error| match error {
        // One answer to all.
        TokenError::Refused(refusal) => {
            // Not a bad signature alone: tokens run out, every day and by themselves.
            telemetry::emit_at(now, &[("Door", "me")], &[("bad_token", 1)]);
            Problem::bad_token("the user token does not count here, or has expired").because(&refusal)
        }
        TokenError::Unavailable(error) => Problem::unavailable(&error),
    })
}

/// Goes on unless somebody else acts in the user's place.
pub fn in_person(visitor: &Visitor) -> Result<(), Problem> {
    if !visitor.impersonated {
        return Ok(());
    }
    let detail = "who acts in a user's place may only read";
    let problem = Problem::new(StatusCode::FORBIDDEN, "impersonated", detail);
    Err(problem.with_challenge(r#"Bearer error="insufficient_scope""#))
}
