//! `PUT /v1/users`, `upsertUser`: a service tells what it knows of a user.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use serde_json::{Value, json};
use shared::clock::Timestamp;
use shared::domain::{LinkOutcome, Outcome, Told, UnlinkOutcome};
use shared::http::{Caller, Problem, json_bytes};
use shared::telemetry;
use shared::token::Scope;
use shared::wire::user_upsert::{KeyChange, UserUpsert};

use crate::{App, answer, keys};

pub(crate) async fn upsert_user(State(app): State<Arc<App>>, request: Request) -> Result<Json<Value>, Problem> {
    let (head, body) = request.into_parts();
    let now = app.clock.now();
    let caller = Caller::admit(app.service_tokens.as_ref(), &head.headers, now).await?;
    caller.needs(Scope::WriteUsers)?;
    let body = json_bytes(&head.headers, body).await?;
    let wished = UserUpsert::read(&body)?;
    if wished.keys != KeyChange::Keep {
        caller.needs(Scope::WriteKeys)?;
    }
    let user_id = wished.identity.user_id();
    let (ended, cut) = (upserted(&app, &caller, &wished, now).await?, wished.patch.facts().cut());
    telemetry::emit(&app.clock, &[("Door", "users")], &[(ended.outcome, 1), ("cut", u64::from(cut))]);
    match ended.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(Json(json!({ "userId": user_id.as_str() }))),
    }
}

/// How an upsert ended: the word for it, and why nothing was written.
struct Ended {
    outcome: &'static str,
    refusal: Option<Problem>,
}

/// One write, whatever it changes.
async fn upserted(app: &App, caller: &Caller, wished: &UserUpsert, now: Timestamp) -> Result<Ended, Problem> {
    let UserUpsert { identity, patch, keys } = wished;
    let by = caller.author();
    Ok(match keys {
        KeyChange::Keep => {
            let told = Told::Patch(patch.clone());
            let outcome = app.users.upsert(identity, &told, caller.sender(), now).await?;
            Ended { outcome: outcome.as_str(), refusal: (outcome == Outcome::Deleted).then(answer::deleted) }
        }
        KeyChange::UnlinkAll => {
            let outcome = app.claims.upsert_without_keys(identity, patch, by, now).await?;
            let refusal = (outcome == UnlinkOutcome::UserGone).then(answer::deleted);
            Ended { outcome: outcome.as_str(), refusal }
        }
        KeyChange::Only(key) => {
            let outcome = app.claims.upsert_with_key(identity, patch, key, by, now).await?;
            let refusal = match &outcome {
                LinkOutcome::Taken(key) => Some(keys::taken(key)),
                LinkOutcome::UserGone => Some(answer::deleted()),
                _ => None,
            };
            Ended { outcome: outcome.as_str(), refusal }
        }
    })
}
