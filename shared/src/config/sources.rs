//! What a reconcile is told of the providers.

use super::env::{ConfigError, Env, SecretSpot};
use crate::domain::Issuer;

/// Auth0's Management API, by the tenant's canonical domain.
pub struct Auth0Source {
    /// The canonical domain as a URL.
    pub base: Issuer,
    /// Our machine-to-machine application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretSpot,
}

impl Auth0Source {
    /// `AUTH0_CLIENT_ID`, `AUTH0_CLIENT_SECRET` and `AUTH0_DOMAIN` or else `AUTH0_ISSUER_BASE_URL`; `None` when the part is off.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        if !env.any_of(&["AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_CLIENT_SECRET_ARN"]) {
            return Ok(None);
        }
        let base = match env.text("AUTH0_DOMAIN") {
            Some(domain) if !domain.contains("://") => format!("https://{domain}")
                .parse()
                .map_err(|_| ConfigError::new("AUTH0_DOMAIN", "must be a host name or an https URL"))?,
            Some(_) => base(env, "AUTH0_DOMAIN")?,
            None => base(env, "AUTH0_ISSUER_BASE_URL")?,
        };
        let client_id = env.required("AUTH0_CLIENT_ID")?.to_owned();
        Ok(Some(Self { base, client_id, client_secret: env.secret("AUTH0_CLIENT_SECRET")? }))
    }
}

/// Clerk's Backend API.
pub struct ClerkSource {
    /// Its URL, without `/v1`.
    pub base: Issuer,
    /// The secret key.
    pub secret_key: SecretSpot,
    /// The instance that the key must open, if that is told.
    pub instance_id: Option<String>,
}

impl ClerkSource {
    /// `CLERK_SECRET_KEY`, `CLERK_API_URL` and `CLERK_INSTANCE_ID`; `None` when the part is off.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        if !env.any_of(&["CLERK_SECRET_KEY", "CLERK_SECRET_KEY_ARN"]) {
            return match env.text("CLERK_API_URL") {
                Some(_) => Err(ConfigError::new("CLERK_SECRET_KEY", "is missing, though CLERK_API_URL is set")),
                None => Ok(None),
            };
        }
        let base = match env.text("CLERK_API_URL") {
            Some(_) => base(env, "CLERK_API_URL")?,
            None => "https://api.clerk.com".parse().map_err(|error| ConfigError::new("CLERK_API_URL", error))?,
        };
        let instance_id = env.text("CLERK_INSTANCE_ID").map(str::to_owned);
        Ok(Some(Self { base, secret_key: env.secret("CLERK_SECRET_KEY")?, instance_id }))
    }
}

/// Stripe's API.
pub struct StripeSource {
    /// Its URL, without `/v1`.
    pub base: Issuer,
    /// The secret key, or a restricted one.
    pub secret_key: SecretSpot,
}

impl StripeSource {
    /// `STRIPE_SECRET_KEY` and `STRIPE_API_URL`; `None` when the part is off.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        if !env.any_of(&["STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY_ARN"]) {
            return match env.text("STRIPE_API_URL") {
                Some(_) => Err(ConfigError::new("STRIPE_SECRET_KEY", "is missing, though STRIPE_API_URL is set")),
                None => Ok(None),
            };
        }
        let base = match env.text("STRIPE_API_URL") {
            Some(_) => base(env, "STRIPE_API_URL")?,
            None => "https://api.stripe.com".parse().map_err(|error| ConfigError::new("STRIPE_API_URL", error))?,
        };
        Ok(Some(Self { base, secret_key: env.secret("STRIPE_SECRET_KEY")? }))
    }
}

/// A provider's URL: https, or http on loopback, or http on the host that `DYNAMODB_ENDPOINT` names.
///
/// In a container on a developer's machine that host is the machine itself, and its loopback is out of reach.
fn base(env: &Env, name: &str) -> Result<Issuer, ConfigError> {
    let text = env.required(name)?.trim();
    let host = env.text("DYNAMODB_ENDPOINT").and_then(|endpoint| endpoint.parse::<http::Uri>().ok());
    let host = host.as_ref().and_then(http::Uri::host).unwrap_or("");
    Issuer::parse_beside(text, host).map_err(|error| ConfigError::new(name, error))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn an_instance_is_told_or_not_and_alone_it_turns_nothing_on() {
        let (key, instance) = (("CLERK_SECRET_KEY", "sk_test_1"), ("CLERK_INSTANCE_ID", "ins_1"));
        let of = |variables: &[(&str, &str)]| ClerkSource::from_env(&Env::of(variables.iter().copied())).unwrap();
        assert_eq!(of(&[key, instance]).unwrap().instance_id.as_deref(), Some("ins_1"));
        assert_eq!(of(&[key, ("CLERK_INSTANCE_ID", "")]).unwrap().instance_id, None);
        assert!(of(&[instance]).is_none());
    }

    #[test]
    fn stripe_is_off_or_whole_and_what_lacks_is_named() {
        let (key, url) = (("STRIPE_SECRET_KEY", "sk_test_1"), ("STRIPE_API_URL", "http://127.0.0.1:4003"));
        let of = |variables: &[(&str, &str)]| {
            let source = StripeSource::from_env(&Env::of(variables.iter().copied()));
            source.map(|source| source.map(|it| it.base.to_string())).map_err(|error| error.variable)
        };
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[key]), Ok(Some("https://api.stripe.com".to_owned())));
        assert_eq!(of(&[key, url]), Ok(Some("http://127.0.0.1:4003".to_owned())));
        assert_eq!(of(&[url]), Err("STRIPE_SECRET_KEY".to_owned()));
        assert_eq!(of(&[key, ("STRIPE_API_URL", "http://stripe.example")]), Err("STRIPE_API_URL".to_owned()));
    }
}
