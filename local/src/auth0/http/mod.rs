//! The routes of the Management API, and those that control the stand-in.

mod actions;
mod asked;
mod door;
mod event_streams;
mod exports;
mod fields;
mod identities;
mod logins;
mod search;
mod settings;
mod token;
mod user_tokens;
mod users;

#[cfg(test)]
mod tests;

use axum::routing::{delete, get, post};
use axum::{Router, middleware};

use super::Auth0StandIn;
use crate::stand_in::{control, signing};

impl Auth0StandIn {
    /// Everything that listens: `/api/v2/…` behind a token, `/oauth/token`, the
    /// files of exports and `/_control/…` open.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/api/v2/users", get(search::list).post(users::create))
            .route("/api/v2/users-by-email", get(search::by_email))
            .route("/api/v2/users/{id}", get(users::read).patch(users::update).delete(users::delete))
            .route("/api/v2/users/{id}/identities", post(identities::link))
            .route("/api/v2/users/{id}/identities/{provider}/{user_id}", delete(identities::unlink))
            .route("/api/v2/jobs/users-exports", post(exports::begin))
            .route("/api/v2/jobs/{id}", get(exports::job))
            .merge(actions::routes())
            .merge(event_streams::routes())
            .route_layer(middleware::from_fn_with_state(self.clone(), door::pass))
            .with_state(self.clone());
        let open = Router::new()
            .route("/oauth/token", post(token::issue))
            .route("/_exports/{job}", get(exports::fetch))
            .route("/_control/logins", post(logins::play))
            .route("/_control/tokens", post(user_tokens::issue))
            .route_layer(middleware::from_fn_with_state(self.clone(), door::count))
            .with_state(self.clone());
        let keys = Router::new()
            .route("/.well-known/jwks.json", get(signing::publish))
            .route("/_control/keys/rotate", post(signing::rotate))
            .route_layer(middleware::from_fn_with_state(self.clone(), door::count))
            .with_state(self.it.signing.clone());
        let shared = control::routes(self.it.outbox.clone(), self.it.front.clone());
        let events = control::deliveries_at("/_control/events", self.it.events.clone());
        api.merge(open).merge(keys).merge(shared).merge(events).merge(settings::routes(self))
    }
}
