//! How the stand-in of Clerk is set up.

use std::sync::{Arc, Mutex};

use super::register::Register;
use super::{ClerkStandIn, Inner, PageOf};
use crate::delivery::{BadSecret, Outbox, OutboxOptions, SvixKey};
use crate::stand_in::clock;
use crate::stand_in::front::Front;
use crate::stand_in::limit::Window;
use crate::stand_in::signing::{self, SigningKeys};

/// Secrets, names and limits. The default is made of well-known values that suit one machine.
#[derive(Clone)]
pub struct ClerkOptions {
    /// What callers of the Backend API present, `sk_test_…`.
    pub secret_key: String,
    /// What webhooks are signed with, `whsec_…`.
    pub webhook_secret: String,
    /// `ins_…`, in each webhook.
    pub instance_id: String,
    /// The issuer of session tokens, without a slash at its end.
    pub issuer: String,
    /// Requests per ten seconds, 1000 in a production instance. Without it, no limit.
    pub requests_per_10_s: Option<u32>,
    /// Where identifiers begin.
    pub seed: u64,
    /// Where webhooks go, and how.
    pub outbox: OutboxOptions,
}

impl Default for ClerkOptions {
    fn default() -> Self {
        Self {
            secret_key: "sk_test_local".to_owned(),
            webhook_secret: "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQ=".to_owned(),
            instance_id: "ins_local".to_owned(),
            issuer: "https://local.clerk.accounts.dev".to_owned(),
            requests_per_10_s: None,
            seed: 1,
            outbox: OutboxOptions::default(),
        }
    }
}

impl std::fmt::Debug for ClerkOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ClerkOptions").field("instance_id", &self.instance_id).finish_non_exhaustive()
    }
}

/// Why a stand-in could not be set up.
#[derive(Debug)]
pub enum BadOptions {
    /// The webhook secret.
    Secret(BadSecret),
    /// The HTTP client.
    Client(reqwest::Error),
}

impl std::fmt::Display for BadOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Secret(_) => "the webhook secret cannot be used",
            Self::Client(_) => "the HTTP client cannot be made",
        })
    }
}

impl std::error::Error for BadOptions {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Secret(secret) => Some(secret),
            Self::Client(client) => Some(client),
        }
    }
}

impl ClerkStandIn {
    /// A Clerk without users.
    pub fn new(options: ClerkOptions) -> Result<Self, BadOptions> {
        let signing = SvixKey::parse(&options.webhook_secret).map_err(BadOptions::Secret)?;
        let outbox = Outbox::new(options.outbox).map_err(BadOptions::Client)?;
        let limit = options.requests_per_10_s.map(|most| Window::new(most, clock::instant()));
        let it = Inner {
            secret_key: options.secret_key,
            instance_id: options.instance_id,
            signing: Arc::new(signing),
            limit: Mutex::new(limit),
            register: Mutex::new(Register::new(options.seed)),
            last_page: Mutex::new(PageOf::default()),
            outbox,
            front: Front::default(),
            issuer: options.issuer,
            tokens: SigningKeys::new("clerk", signing::CLERK),
        };
        Ok(Self { it: Arc::new(it) })
    }
}
