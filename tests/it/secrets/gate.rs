//! A stand-in of a provider that takes one secret at a time, told by the test, whatever its own is.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use local::auth0::{Auth0Options, Auth0StandIn};
use local::clerk::{ClerkOptions, ClerkStandIn};
use local::stripe::{StripeOptions, StripeStandIn};
use serde_json::Value;
use tests::served::Served;

/// The provider behind its gate. It ends when it is dropped.
pub(super) struct Gate {
    keeper: Arc<Keeper>,
    served: Served,
}

struct Keeper {
    /// The stand-in's own secret, which takes the place of the one that counts.
    own: String,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    /// Without one, nobody is let in.
    secret: Option<String>,
    /// Whether a token was issued for that secret: a token ends with its secret here.
    issued: bool,
}

impl Gate {
    /// Auth0, which issues a token for the secret.
    pub(super) async fn of_auth0() -> Self {
        let (listener, url) = Served::bind().await;
        let options = Auth0Options { issuer: format!("{url}/"), base_url: url, ..Auth0Options::default() };
        let keeper = Keeper::of(&options.client_secret);
        let layer = middleware::from_fn_with_state(Arc::clone(&keeper), by_token);
        let router = Auth0StandIn::new(options).unwrap().router().layer(layer);
        Self { keeper, served: Served::on(listener, router) }
    }

    /// Clerk, to which the secret is the bearer.
    pub(super) async fn of_clerk() -> Self {
        let options = ClerkOptions::default();
        let own = options.secret_key.clone();
        Self::of_bearers(ClerkStandIn::new(options).unwrap().router(), &own).await
    }

    /// Stripe, likewise.
    pub(super) async fn of_stripe() -> Self {
        let options = StripeOptions::default();
        let own = options.secret_key.clone();
        Self::of_bearers(StripeStandIn::new(options).router(), &own).await
    }

    async fn of_bearers(provider: Router, own: &str) -> Self {
        let keeper = Keeper::of(own);
        let layer = middleware::from_fn_with_state(Arc::clone(&keeper), by_bearer);
        Self { keeper, served: Served::start(provider.layer(layer)).await }
    }

    /// The provider takes this secret from now on, and no other.
    pub(super) fn roll(&self, secret: &str) {
        *self.keeper.counts.lock().unwrap() = Counts { secret: Some(secret.to_owned()), issued: false };
    }

    /// The provider takes none until the next [`Gate::roll`].
    pub(super) fn close(&self) {
        *self.keeper.counts.lock().unwrap() = Counts::default();
    }

    pub(super) fn url(&self) -> String {
        self.served.url()
    }
}

impl Keeper {
    fn of(own: &str) -> Arc<Self> {
        Arc::new(Self { own: own.to_owned(), counts: Mutex::default() })
    }

    fn takes(&self, presented: Option<&str>) -> bool {
        let counts = self.counts.lock().unwrap();
        presented.is_some() && presented == counts.secret.as_deref()
    }
}

async fn by_bearer(State(keeper): State<Arc<Keeper>>, mut request: Request, next: Next) -> Response {
    let presented = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    if !keeper.takes(presented.and_then(|header| header.strip_prefix("Bearer "))) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {}", keeper.own)).unwrap());
    next.run(request).await
}

async fn by_token(State(keeper): State<Arc<Keeper>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path != "/oauth/token" {
        let passes = !path.starts_with("/api/") || keeper.counts.lock().unwrap().issued;
        return if passes { next.run(request).await } else { StatusCode::UNAUTHORIZED.into_response() };
    }
    let (mut head, body) = request.into_parts();
    let mut asked: Value = serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap();
    if !keeper.takes(asked["client_secret"].as_str()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    keeper.counts.lock().unwrap().issued = true;
    asked["client_secret"] = keeper.own.as_str().into();
    head.headers.remove(CONTENT_LENGTH);
    next.run(Request::from_parts(head, Body::from(asked.to_string()))).await
}
