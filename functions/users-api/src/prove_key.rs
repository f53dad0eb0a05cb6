//! `POST /v1/me/public-keys`: the wallet's answer to a challenge, which links its key.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use shared::domain::{Identity, LinkOutcome};
use shared::http::{Problem, admit_visitor, in_person, json_bytes};
use shared::possession::{ProofError, verify};
use shared::wire::public_key::KeyProof;

use crate::{App, answer, keys};

pub(crate) async fn prove_key(State(app): State<Arc<App>>, request: Request) -> Result<StatusCode, Problem> {
    let (head, body) = request.into_parts();
    let now = app.clock.now();
    let visitor = admit_visitor(&app.user_tokens, &head.headers, now).await?;
    in_person(&visitor)?;
    let site = answer::site(&app)?;
    let KeyProof { nonce, public_key, signature } = KeyProof::read(&json_bytes(&head.headers, body).await?)?;
    let user = visitor.identity.user_id();
    let challenge = match nonce {
        Some(nonce) => app.claims.challenge(&user, &nonce).await?,
        None => None,
    };
    let Some(challenge) = challenge else { return Err(if_living(&app, &visitor.identity, unknown()).await?) };
    let proven = match verify(site, &challenge, (&user, &public_key), &signature, now) {
        Ok(proven) => proven,
        Err(error) => return Err(if_living(&app, &visitor.identity, refused(error)).await?),
    };
    match app.claims.link_proven(&proven, now).await? {
        // The challenge is of another life than the user's, if they live.
        LinkOutcome::UserGone => Err(if_living(&app, &visitor.identity, unknown()).await?),
        outcome => keys::linked(&app, outcome, answer::not_provisioned),
    }
}

/// What is wrong with the answer, unless there is nobody who could give one: that matters more to a browser.
async fn if_living(app: &App, identity: &Identity, problem: Problem) -> Result<Problem, Problem> {
    answer::living(app.users.by_identity(identity).await?, answer::not_provisioned)?;
    keys::counted(app, problem.code());
    Ok(problem)
}

fn refused(error: ProofError) -> Problem {
    match error {
        ProofError::OtherUser | ProofError::OtherKey => unknown(),
        ProofError::Expired => {
            Problem::new(StatusCode::CONFLICT, "challenge_expired", "this challenge has expired; ask for another one")
        }
        ProofError::Malformed | ProofError::HighS | ProofError::Mismatch => {
            Problem::new(StatusCode::BAD_REQUEST, "signature_invalid", error.to_string())
        }
    }
}

/// Whose nonce it is, if anybody's, is nobody else's business.
fn unknown() -> Problem {
    let detail = "no challenge of this nonce for this user and this key is known; ask for another one";
    Problem::new(StatusCode::CONFLICT, "challenge_unknown", detail)
}
