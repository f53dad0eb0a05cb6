//! Secrets that are handed to a provider: from the environment, or from where the functions read them.

use shared::aws::{self, Secret, SecretsUnavailable};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, SecretSpot};
use shared::secret::SecretText;

use crate::place::PATIENCE;

/// Why there is no such secret.
#[derive(Debug)]
pub(super) enum NoSecret {
    /// The variable is missing or malformed.
    Config(ConfigError),
    /// Secrets Manager does not tell it.
    Unavailable(String, SecretsUnavailable),
}

impl std::fmt::Display for NoSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Unavailable(name, error) => write!(f, "{name}_ARN: {error}"),
        }
    }
}

impl std::error::Error for NoSecret {}

/// The newest value of the secret `name`, or of the one whose ARN `name_ARN` holds.
pub(super) async fn secret(env: &Env, name: &str) -> Result<SecretText, NoSecret> {
    let spot = env.secret(name).map_err(NoSecret::Config)?;
    let secret = match spot {
        SecretSpot::Here(texts) => Secret::fixed(texts),
        spot @ SecretSpot::Managed { .. } => {
            let aws = Aws::from_env(env).map_err(NoSecret::Config)?;
            Secret::open(spot, &aws, aws::http_client(&aws), PATIENCE, Clock::system())
        }
    };
    secret.newest().await.map_err(|error| NoSecret::Unavailable(name.to_owned(), error))
}

/// Whether it is told at all, here or by its ARN.
pub(super) fn is_told(env: &Env, name: &str) -> bool {
    env.any_of(&[name, &format!("{name}_ARN")])
}
