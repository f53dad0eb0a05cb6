//! What the doors for Auth0's Action and Clerk's webhooks are told.

use super::env::{ConfigError, Env, SecretSpot};
use crate::domain::Issuer;
use crate::secret::SecretText;
use crate::signature::SigningKey;

const LOGIN: [&str; 5] = [
    "AUTH0_ISSUER_BASE_URL",
    "AUTH0_ADDITIONAL_ISSUERS",
    "AUTH0_ACTION_SECRET",
    "AUTH0_ACTION_SECRET_ARN",
    "AUTH0_ACTION_SECRET_PREVIOUS",
];

/// The door of the post-login Action.
pub struct LoginDoor {
    /// The tenant's issuers: the canonical one and its custom domains.
    pub issuers: Vec<Issuer>,
    /// The Action's bearer secret.
    pub secret: SecretSpot,
}

impl LoginDoor {
    /// `AUTH0_ISSUER_BASE_URL`, `AUTH0_ADDITIONAL_ISSUERS`, `AUTH0_ACTION_SECRET` and `AUTH0_ACTION_SECRET_PREVIOUS`;
    /// `None` when the part is off.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        if !env.any_of(&LOGIN) {
            return Ok(None);
        }
        let main: Issuer = env.required("AUTH0_ISSUER_BASE_URL").and_then(|_| {
            env.parsed("AUTH0_ISSUER_BASE_URL")?.ok_or_else(|| ConfigError::new("AUTH0_ISSUER_BASE_URL", "is missing"))
        })?;
        let mut issuers = vec![main];
        issuers.extend(env.several("AUTH0_ADDITIONAL_ISSUERS")?);
        let mut secret = env.secret("AUTH0_ACTION_SECRET")?;
        if let (SecretSpot::Here(texts), Some(previous)) = (&mut secret, env.text("AUTH0_ACTION_SECRET_PREVIOUS")) {
            texts.push(SecretText::new(previous));
        }
        Ok(Some(Self { issuers, secret }))
    }
}

/// The door of Clerk's webhooks.
pub struct ClerkDoor {
    /// The endpoint's signing secrets.
    pub secret: SecretSpot,
    /// Our instance: events of any other are foreign.
    pub instance_id: Option<String>,
}

impl ClerkDoor {
    /// `CLERK_WEBHOOK_SECRET` and `CLERK_INSTANCE_ID`; `None` when the part is off.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        if !env.any_of(&["CLERK_WEBHOOK_SECRET", "CLERK_WEBHOOK_SECRET_ARN", "CLERK_INSTANCE_ID"]) {
            return Ok(None);
        }
        let secret = env.secret("CLERK_WEBHOOK_SECRET")?;
        if let SecretSpot::Here(texts) = &secret {
            for text in texts {
                text.expose().parse::<SigningKey>().map_err(|error| ConfigError::new("CLERK_WEBHOOK_SECRET", error))?;
            }
        }
        Ok(Some(Self { secret, instance_id: env.text("CLERK_INSTANCE_ID").map(str::to_owned) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn culprit(variables: &[(&str, &str)]) -> Option<String> {
        LoginDoor::from_env(&Env::of(variables.iter().copied())).err().map(|error| error.variable)
    }

    #[test]
    fn each_missing_or_malformed_variable_of_the_login_is_named() {
        let issuer = ("AUTH0_ISSUER_BASE_URL", "https://t.auth0.com/");
        let secret = ("AUTH0_ACTION_SECRET", "s");
        assert_eq!(culprit(&[issuer, secret]), None);
        assert_eq!(culprit(&[secret]).as_deref(), Some("AUTH0_ISSUER_BASE_URL"));
        assert_eq!(culprit(&[issuer]).as_deref(), Some("AUTH0_ACTION_SECRET"));
        assert_eq!(
            culprit(&[("AUTH0_ISSUER_BASE_URL", "http://t.auth0.com"), secret]).as_deref(),
            Some("AUTH0_ISSUER_BASE_URL")
        );
        let additional = ("AUTH0_ADDITIONAL_ISSUERS", "https://a.example/ nonsense");
        assert_eq!(culprit(&[issuer, secret, additional]).as_deref(), Some("AUTH0_ADDITIONAL_ISSUERS"));
    }

    #[test]
    fn a_door_without_any_of_its_variables_is_off() {
        let other = Env::of([("USERS_TABLE", "U"), ("AUTH0_ISSUER_BASE_URL", ""), ("AUTH0_DOMAIN", "t.auth0.com")]);
        assert!(matches!((LoginDoor::from_env(&other), ClerkDoor::from_env(&other)), (Ok(None), Ok(None))));
    }

    #[test]
    fn a_webhook_secret_must_be_one_of_svix() {
        let env = Env::of([("CLERK_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_%")]);
        assert_eq!(
            ClerkDoor::from_env(&env).err().map(|error| error.variable).as_deref(),
            Some("CLERK_WEBHOOK_SECRET")
        );
    }
}
