//! The functions themselves, as their binaries build them, and the variables that they are told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use shared::aws;
use shared::config::{Aws, ConfigError, DOCUMENTED_ISSUER, Env, Tables, dev_defaults};
use shared::http::finished;

use super::providers::Providers;
use super::{StartError, changes};
use crate::invoke::Function;
use crate::queue::{Queues, Which};
use crate::tables::{self, Stream};

/// How long the tables may take to be made.
const PATIENCE: Duration = Duration::from_secs(20);

/// The functions of one system.
pub(super) struct Built {
    login: Router,
    events_door: Router,
    events: Arc<auth0_events::App>,
    changes: Arc<change_feed::App>,
    webhook: Router,
    users: Router,
    reconcile: Arc<reconcile::App>,
    stripe_reconcile: Arc<stripe_reconcile::App>,
    admin: Arc<users_admin::App>,
    internal: Arc<users_internal::App>,
}

/// What the caller gave, then where things listen, then what `cargo dev` uses by default.
pub(super) fn environment(given: Env, lambda: String, engine: Option<String>, providers: &Providers) -> Env {
    let mut defaults = dev_defaults()
        .with("AUTH0_EVENTS_QUEUE_URL", Queues::url(&lambda, Which::Events))
        .with("AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL", Queues::url(&lambda, Which::DeadLetters))
        .with("EVENT_BUS_NAME", "local")
        .with("EVENT_BUS_ENDPOINT", &lambda)
        .with("AWS_ENDPOINT_URL_LAMBDA", lambda);
    if let Some(engine) = engine {
        defaults = defaults.with("DYNAMODB_ENDPOINT", engine);
    }
    defaults = match &providers.auth0 {
        Some((_, url)) => defaults.with("AUTH0_ISSUER_BASE_URL", format!("{url}/")),
        None => {
            defaults.without(&["AUTH0_ISSUER_BASE_URL", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_AUDIENCE"])
        }
    };
    defaults = match &providers.clerk {
        Some((_, url)) => defaults.with("CLERK_API_URL", url).with("CLERK_JWT_ISSUER_DOMAIN", url),
        None => {
            defaults.without(&["CLERK_API_URL", "CLERK_SECRET_KEY", "CLERK_INSTANCE_ID", "CLERK_JWT_ISSUER_DOMAIN"])
        }
    };
    defaults = match &providers.stripe {
        Some((_, url)) => defaults.with("STRIPE_API_URL", url),
        None => defaults.without(&["STRIPE_API_URL", "STRIPE_SECRET_KEY"]),
    };
    let additional = given.text("AUTH0_ADDITIONAL_ISSUERS").unwrap_or_default();
    let additional = format!("{additional} {DOCUMENTED_ISSUER}");
    given.or(defaults).with("AUTH0_ADDITIONAL_ISSUERS", additional.trim())
}

/// Makes the tables, and builds the functions as their binaries do.
pub(super) async fn build(env: &Env) -> Result<Built, StartError> {
    let aws = Aws::from_env(env)?;
    let client = aws::dynamodb(&aws, aws::http_client(&aws), PATIENCE);
    tables::create_with(&client, &Tables::from_env(env), Stream::AsDefined).await?;
    // It holds all functions while they are primed, which is much for a future to carry about.
    Ok(Box::pin(built(env)).await?)
}

async fn built(env: &Env) -> Result<Built, ConfigError> {
    Ok(Built {
        login: auth0_upsert::routes(auth0_upsert::App::from_env(env)?.primed().await),
        // Its queue is not served yet, so no connection is opened ahead.
        events_door: auth0_events_http::routes(auth0_events_http::App::from_env(env)?),
        events: Arc::new(auth0_events::App::from_env(env)?.primed().await),
        // Its bus is not served yet either.
        changes: Arc::new(change_feed::App::from_env(env)?),
        webhook: clerk_webhook::routes(clerk_webhook::App::from_env(env)?.primed().await),
        users: users_api::routes(users_api::App::from_env(env)?.primed().await),
        reconcile: Arc::new(reconcile::App::from_env(env)?),
        stripe_reconcile: Arc::new(stripe_reconcile::App::from_env(env)?),
        admin: Arc::new(users_admin::App::from_env(env)?.primed().await),
        internal: Arc::new(users_internal::App::from_env(env)?.primed().await),
    })
}

impl Built {
    /// All HTTP routes.
    pub(super) fn routes(&self) -> Router {
        self.login.clone().merge(self.events_door.clone()).merge(self.webhook.clone()).merge(self.users.clone())
    }

    /// Every function by its name, which is its folder's.
    pub(super) fn functions(&self) -> BTreeMap<&'static str, Function> {
        BTreeMap::from([
            ("auth0-upsert", Function::Http(finished(self.login.clone()))),
            ("auth0-events-http", Function::Http(finished(self.events_door.clone()))),
            ("auth0-events", Function::Auth0Events(self.events.clone())),
            (changes::NAME, Function::ChangeFeed(self.changes.clone())),
            ("clerk-webhook", Function::Http(finished(self.webhook.clone()))),
            ("users-api", Function::Http(finished(self.users.clone()))),
            ("reconcile", Function::Reconcile(self.reconcile.clone())),
            ("stripe-reconcile", Function::StripeReconcile(self.stripe_reconcile.clone())),
            ("users-admin", Function::UsersAdmin(self.admin.clone())),
            ("users-internal", Function::UsersInternal(self.internal.clone())),
        ])
    }
}
