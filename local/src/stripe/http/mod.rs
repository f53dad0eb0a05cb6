//! The routes of the API, and those that control the stand-in.

mod customers;
mod door;
mod settings;
mod write;

#[cfg(test)]
mod tests;

use axum::routing::get;
use axum::{Router, middleware};

use super::{Refused, StripeStandIn};
use crate::stand_in::control;

impl StripeStandIn {
    /// Everything that listens: `/v1/…` behind the secret key, `/_control/…` open.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/v1/customers", get(customers::list).post(customers::create))
            .route("/v1/customers/{id}", get(customers::read).post(customers::change).delete(customers::delete))
            .route_layer(middleware::from_fn_with_state(self.clone(), door::pass))
            .with_state(self.clone())
            .fallback(async |uri: axum::http::Uri| Refused::NoRoute(uri.path().to_owned()));
        api.merge(control::watched(self.it.front.clone())).merge(settings::routes(self))
    }
}
