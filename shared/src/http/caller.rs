//! The lock of a door that services open: a token of theirs, and what it may do.

use axum::http::{HeaderMap, StatusCode};

use super::intake::bearer;
use super::problem::Problem;
use crate::aws::Secret;
use crate::clock::Timestamp;
use crate::store::{Author, Sender};
use crate::telemetry;
use crate::token::{Presented, Scope, ServiceTokens};

/// A service that presented a right token. There is no other way to one than [`Caller::admit`].
#[derive(Debug)]
pub struct Caller(Presented);

impl Caller {
    /// Who presents a token now. Without `tokens` nobody does.
    ///
    /// A token that is missing is told apart from one that does not count, and no more than that.
    pub async fn admit(tokens: Option<&Secret>, headers: &HeaderMap, now: Timestamp) -> Result<Self, Problem> {
        let Some(token) = bearer(headers) else {
            return Err(Problem::unauthorized("a service token is required as the bearer"));
        };
        let presented = match tokens {
            Some(tokens) => tokens.accept_listed(|list, before| presented(list, before, token, now)).await?,
            None => None,
        };
        presented.map(Self).ok_or_else(|| {
            telemetry::emit_at(now, &[("Door", "service")], &[("bad_signature", 1)]);
            Problem::bad_token("the service token is unknown or has expired")
        })
    }

    /// Goes on if the token has this scope.
    pub fn needs(&self, scope: Scope) -> Result<(), Problem> {
        if self.0.scopes.contains(&scope) {
            return Ok(());
        }
        let detail = format!("the service token lacks the scope {}", scope.as_str());
        Err(Problem::new(StatusCode::FORBIDDEN, "scope_missing", detail).with_challenge(scope.challenge()))
    }

    /// Its name in `changed_by`.
    pub fn sender(&self) -> Sender<'_> {
        Sender::Token(&self.0.id)
    }

    /// The same, where it links and unlinks.
    pub fn author(&self) -> Author<'_> {
        Author::Token(&self.0.id)
    }
}

/// Who presents a token, by the list and the one before it. Where nobody can say what the list names, the one before it
/// must not speak in its place.
fn presented(list: &str, before: Option<&str>, token: &str, now: Timestamp) -> Option<Presented> {
    let before = before.and_then(|before| before.parse().ok());
    known(list)?.presented_or_before(before.as_ref(), token, now)
}

/// The list as it is stored. One that is none opens nothing, and says so.
fn known(list: &str) -> Option<ServiceTokens> {
    let known = list.parse::<ServiceTokens>();
    if let Err(error) = &known {
        tracing::warn!(%error, "SERVICE_TOKENS holds no list of tokens");
    }
    known.ok()
}
