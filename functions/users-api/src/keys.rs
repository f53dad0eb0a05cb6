//! What the endpoints of keys share: whose and which key a path names, and what is answered to a wish.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use shared::domain::{LinkOutcome, MOST_KEYS, PublicKey, UnlinkOutcome, UserId};
use shared::http::Problem;
use shared::telemetry;
use shared::wire::public_key::spelled;

use crate::{App, answer};

/// A path that names a user and a key. What is no text names neither.
pub(crate) type UserAndKey = Result<Path<(String, String)>, PathRejection>;

/// Whose key a path names, and which: as a wallet spells it.
pub(crate) fn user_and_key(path: UserAndKey) -> Result<(UserId, PublicKey), Problem> {
    let (user, key) = path.map(|Path(named)| named).unwrap_or_default();
    let key = spelled(&key)?;
    Ok((answer::named(&user)?, key))
}

/// The answer to a wish to link. `nobody` is said where there is no row.
pub(crate) fn linked(app: &App, outcome: LinkOutcome, nobody: fn() -> Problem) -> Result<StatusCode, Problem> {
    counted(app, outcome.as_str());
    match outcome {
        LinkOutcome::Linked | LinkOutcome::AlreadyLinked => Ok(StatusCode::NO_CONTENT),
        LinkOutcome::Taken(key) => Err(taken(&key)),
        LinkOutcome::TooMany => {
            let detail = format!("this user has {MOST_KEYS} other keys; unlink one first");
            Err(Problem::new(StatusCode::CONFLICT, "too_many_keys", detail))
        }
        LinkOutcome::Spent => {
            let detail = "this challenge was used, and its key was unlinked since; ask for another one";
            Err(Problem::new(StatusCode::CONFLICT, "challenge_spent", detail))
        }
        LinkOutcome::NoUser => Err(nobody()),
        LinkOutcome::UserGone => Err(answer::deleted()),
    }
}

/// The answer to a wish to unlink: what is not linked is as it should be.
pub(crate) fn unlinked(app: &App, outcome: UnlinkOutcome, nobody: fn() -> Problem) -> Result<StatusCode, Problem> {
    counted(app, outcome.as_str());
    match outcome {
        UnlinkOutcome::Unlinked | UnlinkOutcome::NotLinked => Ok(StatusCode::NO_CONTENT),
        UnlinkOutcome::NoUser => Err(nobody()),
        UnlinkOutcome::UserGone => Err(answer::deleted()),
    }
}

/// A key that is somebody else's, or was until less than 48 h ago.
pub(crate) fn taken(key: &PublicKey) -> Problem {
    let detail = format!("{key} is linked to another user, or was until a short while ago");
    Problem::new(StatusCode::CONFLICT, "public_key_taken", detail)
}

pub(crate) fn counted(app: &App, outcome: &'static str) {
    telemetry::emit(&app.clock, &[("Door", "keys")], &[(outcome, 1)]);
}
