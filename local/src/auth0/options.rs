//! How the stand-in of Auth0 is set up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::exports::Exports;
use super::register::Register;
use super::scope::ALL_SCOPES;
use super::tenant::Tenant;
use super::token::Tokens;
use super::{Auth0StandIn, Inner, PageOf};
use crate::delivery::{Outbox, OutboxOptions, Schedule};
use crate::stand_in::clock;
use crate::stand_in::front::Front;
use crate::stand_in::limit::{Bucket, Rate};
use crate::stand_in::signing::{self, SigningKeys};

/// Names, secrets and limits. The default is made of well-known values that suit one machine.
#[derive(Clone)]
pub struct Auth0Options {
    /// Where this stand-in listens, without a slash at its end.
    pub base_url: String,
    /// The audience of the Management API, which is the canonical domain's; `{base_url}/api/v2/`, when absent.
    pub audience: Option<String>,
    /// The tenant's short name.
    pub tenant: String,
    /// The issuer of tokens, with a slash at its end; it begins each `tokenIdentifier`.
    pub issuer: String,
    /// The machine-to-machine application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The audience of tokens for our own API.
    pub api_audience: String,
    /// How long a Management API token is good, in seconds.
    pub expires_in: i64,
    /// What the Action presents to the routes.
    pub action_secret: String,
    /// The Management API's limit. Without it, none.
    pub rate: Option<Rate>,
    /// How long an export job takes.
    pub exports_take: Duration,
    /// What tokens for the Management API are allowed, scopes parted by spaces.
    pub scope: String,
    /// How long an Action is built before it can be deployed.
    pub builds_take: Duration,
    /// Where identifiers begin.
    pub seed: u64,
    /// Where the Action calls (the base URL of the routes), how long it waits, and what goes wrong.
    pub outbox: OutboxOptions,
    /// How events go: when an unacknowledged one is sent again, and what goes wrong. Streams say where.
    pub events: OutboxOptions,
}

impl Default for Auth0Options {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:4001".to_owned(),
            audience: None,
            tenant: "local".to_owned(),
            issuer: "https://local.eu.auth0.com/".to_owned(),
            client_id: "local-client".to_owned(),
            client_secret: "local-client-secret".to_owned(),
            api_audience: "https://identity-spine.local".to_owned(),
            expires_in: 86_400,
            action_secret: "local-action-secret".to_owned(),
            rate: None,
            exports_take: Duration::ZERO,
            scope: ALL_SCOPES.to_owned(),
            builds_take: Duration::ZERO,
            seed: 1,
            outbox: OutboxOptions { timeout: Duration::from_secs(10), ..OutboxOptions::default() },
            // Source: Auth0's documentation of webhook deliveries: three retries, and none after a 4xx.
            events: OutboxOptions {
                schedule: Schedule::from_millis(&[1000, 2000, 4000]),
                refusals_are_final: true,
                ..OutboxOptions::default()
            },
        }
    }
}

impl std::fmt::Debug for Auth0Options {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Auth0Options");
        shown.field("tenant", &self.tenant).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Auth0StandIn {
    /// A tenant without users.
    pub fn new(options: Auth0Options) -> Result<Self, reqwest::Error> {
        let it = Inner {
            base_url: Mutex::new(options.base_url.trim_end_matches('/').to_owned()),
            action_secret: Arc::from(options.action_secret.as_str()),
            limit: Mutex::new(options.rate.map(|rate| Bucket::new(rate, clock::instant()))),
            register: Mutex::new(Register::new(options.seed)),
            tokens: Mutex::new(Tokens::new(options.seed, &options.scope)),
            tenant: Mutex::new(Tenant::new(options.seed, options.builds_take)),
            outage: Mutex::default(),
            last_page: Mutex::new(PageOf::default()),
            exports: Exports::new(options.exports_take, &options.client_secret, options.seed),
            outbox: Outbox::new(options.outbox.clone())?,
            events: Outbox::new(options.events.clone())?,
            front: Front::default(),
            signing: SigningKeys::new("auth0", signing::AUTH0),
            options,
        };
        Ok(Self { it: Arc::new(it) })
    }
}
