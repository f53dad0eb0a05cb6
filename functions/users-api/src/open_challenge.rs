//! `POST /v1/me/key-challenges`: what the user's wallet shall sign, so that its key can be linked.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use rand::RngExt;
use serde_json::{Value, json};
use shared::domain::{Challenge, Nonce};
use shared::http::{Problem, admit_visitor, in_person, json_bytes};
use shared::possession::message;
use shared::store::ChallengeOutcome;
use shared::wire::public_key;

use crate::{App, answer, keys};

pub(crate) async fn open_challenge(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (head, body) = request.into_parts();
    let now = app.clock.now();
    let visitor = admit_visitor(&app.user_tokens, &head.headers, now).await?;
    in_person(&visitor)?;
    let site = answer::site(&app)?;
    let key = public_key::in_body(&json_bytes(&head.headers, body).await?)?;
    let nonce = Nonce::of(rand::rng().random());
    match app.claims.open_challenge(&visitor.identity.user_id(), &key, nonce, now).await? {
        ChallengeOutcome::Opened(challenge) => {
            keys::counted(&app, "challenged");
            let told = json!({
                "nonce": challenge.nonce.as_str(),
                "message": message(site, &challenge),
                "expiresAt": challenge.expires_at().millis(),
            });
            Ok((StatusCode::CREATED, Json(told)))
        }
        ChallengeOutcome::TooMany => {
            let (most, minutes) = (Challenge::MOST_OPEN, Challenge::LASTS.as_secs() / 60);
            let detail =
                format!("{most} challenges are open already; answer one, or wait: each lasts {minutes} minutes");
            Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_challenges", detail))
        }
        ChallengeOutcome::NoUser => Err(answer::not_provisioned()),
        ChallengeOutcome::UserGone => Err(answer::deleted()),
    }
}
