//! How the configured providers are reached: what the environment tells, and clients that are made once for a secret.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use tokio::sync::Mutex;

use super::Source;
use super::auth0::{Auth0, Auth0Settings};
use super::clerk::{Clerk, ClerkSettings};
use super::error::ProviderError;
use super::limits::Limits;
use crate::aws::{Secret, SecretsUnavailable};
use crate::clock::Clock;
use crate::config::{Auth0Source, Aws, ClerkSource, ConfigError, Env};
use crate::domain::{Issuer, Provider};
use crate::secret::SecretText;

/// A provider whose users can be listed and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceName {
    /// Auth0.
    Auth0,
    /// Clerk.
    Clerk,
}

impl SourceName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Auth0, Self::Clerk];

    /// The realm's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Clerk => "clerk",
        }
    }

    /// The source of a realm; `None` for a realm that no provider lists.
    pub fn of(provider: &Provider) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == provider.as_str())
    }
}

/// How Auth0's Management API is reached.
pub struct Auth0Access {
    /// The canonical domain as a URL.
    pub base: Issuer,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Secret,
}

/// How Clerk's Backend API is reached.
pub struct ClerkAccess {
    /// Its URL, without `/v1`.
    pub base: Issuer,
    /// The secret key.
    pub secret_key: Secret,
    /// The instance that the key must open, if that is told.
    pub instance_id: Option<String>,
}

/// Why there is no client of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// None of its variables is set.
    #[error("{} is not configured: its variables are missing", .0.as_str())]
    Off(SourceName),
    /// Its secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretsUnavailable),
    /// The client cannot be made.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// The providers. A client is made with its first use, and kept, with its token, as long as its secret is the same.
pub struct Access {
    /// Auth0, where it is configured.
    pub auth0: Option<Auth0Access>,
    /// Clerk, where it is configured.
    pub clerk: Option<ClerkAccess>,
    limits: Limits,
    clock: Clock,
    opened: Mutex<BTreeMap<SourceName, Opened>>,
}

/// A provider's client, and the secret that it was made with.
struct Opened {
    secret: SecretText,
    source: Source,
}

impl Access {
    /// As the environment tells; a provider without any of its variables is off, and the log says so. A secret may be
    /// waited for `patience`, the providers within `limits`.
    pub fn from_env(
        env: &Env,
        (aws, http): (&Aws, &SharedHttpClient),
        patience: Duration,
        limits: Limits,
        clock: &Clock,
    ) -> Result<Self, ConfigError> {
        let open = |spot| Secret::open(spot, aws, http.clone(), patience, clock.clone());
        let auth0 = Auth0Source::from_env(env)?.map(|source| Auth0Access {
            base: source.base,
            client_id: source.client_id,
            client_secret: open(source.client_secret),
        });
        let clerk = ClerkSource::from_env(env)?.map(|source| ClerkAccess {
            base: source.base,
            secret_key: open(source.secret_key),
            instance_id: source.instance_id,
        });
        let access = Self { auth0, clerk, limits, clock: clock.clone(), opened: Mutex::default() };
        for name in SourceName::ALL.into_iter().filter(|name| access.secret(*name).is_none()) {
            tracing::info!(source = name.as_str(), "off: none of its variables is set");
        }
        Ok(access)
    }

    /// The client of a provider.
    pub async fn source(&self, name: SourceName) -> Result<Source, AccessError> {
        let secret = self.secret(name).ok_or(AccessError::Off(name))?.newest().await?;
        let mut opened = self.opened.lock().await;
        if let Some(known) = opened.get(&name).filter(|known| known.secret.expose() == secret.expose()) {
            return Ok(known.source.clone());
        }
        let source = self.open(name, SecretText::new(secret.expose()))?;
        opened.insert(name, Opened { secret, source: source.clone() });
        Ok(source)
    }

    /// The client after the provider refused its secret, if there is another secret by now.
    pub async fn renewed(&self, name: SourceName) -> Result<Option<Source>, AccessError> {
        let secret = self.secret(name).ok_or(AccessError::Off(name))?;
        if secret.renewed().await? { self.source(name).await.map(Some) } else { Ok(None) }
    }

    fn secret(&self, name: SourceName) -> Option<&Secret> {
        match name {
            SourceName::Auth0 => self.auth0.as_ref().map(|access| &access.client_secret),
            SourceName::Clerk => self.clerk.as_ref().map(|access| &access.secret_key),
        }
    }

    fn open(&self, name: SourceName, secret: SecretText) -> Result<Source, AccessError> {
        Ok(match name {
            SourceName::Auth0 => {
                let access = self.auth0.as_ref().ok_or(AccessError::Off(name))?;
                let settings = Auth0Settings {
                    base: access.base.clone(),
                    audience: format!("{}/api/v2/", access.base),
                    client_id: access.client_id.clone(),
                    client_secret: secret,
                    page: 100,
                };
                Source::Auth0(Auth0::with_limits(settings, self.limits, self.clock.clone())?)
            }
            SourceName::Clerk => {
                let access = self.clerk.as_ref().ok_or(AccessError::Off(name))?;
                let (base, instance_id) = (access.base.clone(), access.instance_id.clone());
                let settings = ClerkSettings { base, secret_key: secret, instance_id, page: 500 };
                Source::Clerk(Clerk::with_limits(settings, self.limits, self.clock.clone())?)
            }
        })
    }
}
