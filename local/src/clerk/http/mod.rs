//! The routes of the Backend API, and those that control the stand-in.

mod door;
mod emails;
mod instance;
mod settings;
mod tokens;
mod users;

#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use axum::{Router, middleware};

use super::ClerkStandIn;
use crate::stand_in::{control, signing};

impl ClerkStandIn {
    /// Everything that listens: `/v1/…` behind the secret key, `/_control/…` open.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/v1/users", get(users::list).post(users::create))
            .route("/v1/users/count", get(users::count))
            .route("/v1/users/{id}", get(users::read).patch(users::update).delete(users::delete))
            .route("/v1/users/{id}/metadata", axum::routing::patch(users::merge).put(users::replace))
            .route("/v1/email_addresses", post(emails::create))
            .route("/v1/email_addresses/{id}", get(emails::read).patch(emails::update).delete(emails::delete))
            .route("/v1/instance", get(instance::read))
            .route_layer(middleware::from_fn_with_state(self.clone(), door::pass))
            .with_state(self.clone());
        let keys = Router::new()
            .route("/.well-known/jwks.json", get(signing::publish))
            .route("/_control/keys/rotate", post(signing::rotate))
            .with_state(self.it.tokens.clone());
        let tokens = Router::new().route("/_control/tokens", post(tokens::issue)).with_state(self.clone());
        let open = keys.merge(tokens).route_layer(middleware::from_fn_with_state(self.clone(), door::count));
        let shared = control::routes(self.it.outbox.clone(), self.it.front.clone());
        api.merge(open).merge(shared).merge(settings::routes(self))
    }
}
