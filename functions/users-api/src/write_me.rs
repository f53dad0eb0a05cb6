//! `PUT /v1/me`: the user of the token is here. On first sight they are stored, by what the token says of them.
//!
//! A body is not needed, and not read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::domain::Patch;
use shared::http::{Problem, admit_visitor, in_person};
use shared::store::Visit;
use shared::telemetry;

use crate::{App, answer};

pub(crate) async fn write_me(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let now = app.clock.now();
    let visitor = admit_visitor(&app.user_tokens, &headers, now).await?;
    in_person(&visitor)?;
    let visit = app.users.visit(&visitor.identity, &Patch::new(visitor.facts), now).await?;
    let outcome = match &visit {
        Visit::Known(_) => "known",
        Visit::Created(_) => "created",
        Visit::Deleted => "deleted",
    };
    telemetry::emit(&app.clock, &[("Door", "me")], &[(outcome, 1)]);
    match visit {
        Visit::Known(user) | Visit::Created(user) => Ok(answer::user(&user, &app.realms)),
        Visit::Deleted => Err(answer::deleted()),
    }
}
