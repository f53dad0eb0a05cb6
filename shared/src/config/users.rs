//! What the users API is told: whose tokens count, and which realms their issuers belong to.

use super::env::{ConfigError, Env, SecretSpot};
use super::linking::link_site;
use crate::domain::{Issuer, Realms};
use crate::possession::Site;
use crate::token::ServiceTokens;

/// The users API. Each part of it is off when none of its variables is set.
pub struct UsersDoor {
    /// Where the service tokens lie.
    pub service_tokens: Option<SecretSpot>,
    /// The realms and their issuers.
    pub realms: Realms,
    /// Which user tokens of Auth0 count.
    pub auth0: Option<Auth0Tokens>,
    /// Which session tokens of Clerk count.
    pub clerk: Option<ClerkTokens>,
    /// What a wallet signs for.
    pub site: Option<Site>,
}

/// User tokens of Auth0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth0Tokens {
    /// The tenant's issuers, the main one first.
    pub issuers: Vec<Issuer>,
    /// A token must be meant for one of these.
    pub audiences: Vec<String>,
}

/// Session tokens of Clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClerkTokens {
    /// The instance's issuer.
    pub issuer: Issuer,
    /// A token must be asked for by one of these origins; by any, if there is none here.
    pub parties: Vec<String>,
}

impl UsersDoor {
    /// `SERVICE_TOKENS`; `AUTH0_ISSUER_BASE_URL`, `AUTH0_ADDITIONAL_ISSUERS` and `AUTH0_AUDIENCE`;
    /// `CLERK_JWT_ISSUER_DOMAIN` and `CLERK_AUTHORIZED_PARTIES`; `LINK_DOMAIN` and `LINK_URI`.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let issuers = auth0_issuers(env)?;
        let clerk = clerk(env)?;
        let realms = Realms::new(issuers.clone(), clerk.as_ref().map(|clerk| clerk.issuer.clone()));
        let audiences = env.several("AUTH0_AUDIENCE")?;
        let auth0 = (!audiences.is_empty()).then_some(Auth0Tokens { issuers, audiences });
        Ok(Self { service_tokens: service_tokens(env)?, realms, auth0, clerk, site: link_site(env)? })
    }

    /// Names of the parts that are off, each with the variable that switches it on.
    pub fn off(&self) -> Vec<(&'static str, &'static str)> {
        let parts = [
            (self.service_tokens.is_none(), "service tokens", "SERVICE_TOKENS"),
            (self.auth0.is_none(), "user tokens of Auth0", "AUTH0_AUDIENCE"),
            (self.clerk.is_none(), "session tokens of Clerk", "CLERK_JWT_ISSUER_DOMAIN"),
            (self.site.is_none(), "keys linked by proof", "LINK_DOMAIN"),
        ];
        parts.into_iter().filter(|(off, ..)| *off).map(|(_, part, variable)| (part, variable)).collect()
    }
}

fn service_tokens(env: &Env) -> Result<Option<SecretSpot>, ConfigError> {
    if !env.any_of(&["SERVICE_TOKENS", "SERVICE_TOKENS_ARN"]) {
        return Ok(None);
    }
    let spot = env.whole_secret("SERVICE_TOKENS")?;
    if let SecretSpot::Here(texts) = &spot {
        for text in texts {
            text.expose().parse::<ServiceTokens>().map_err(|error| ConfigError::new("SERVICE_TOKENS", error))?;
        }
    }
    Ok(Some(spot))
}

fn auth0_issuers(env: &Env) -> Result<Vec<Issuer>, ConfigError> {
    let main: Option<Issuer> = env.parsed("AUTH0_ISSUER_BASE_URL")?;
    let additional: Vec<Issuer> = env.several("AUTH0_ADDITIONAL_ISSUERS")?;
    for dependent in ["AUTH0_ADDITIONAL_ISSUERS", "AUTH0_AUDIENCE"] {
        if main.is_none() && env.text(dependent).is_some() {
            let problem = format!("is missing, though {dependent} is set");
            return Err(ConfigError::new("AUTH0_ISSUER_BASE_URL", problem));
        }
    }
    Ok(main.into_iter().chain(additional).collect())
}

fn clerk(env: &Env) -> Result<Option<ClerkTokens>, ConfigError> {
    const ISSUER: &str = "CLERK_JWT_ISSUER_DOMAIN";
    let parties = env.several("CLERK_AUTHORIZED_PARTIES")?;
    let Some(text) = env.text(ISSUER).map(str::trim) else {
        if parties.is_empty() {
            return Ok(None);
        }
        return Err(ConfigError::new(ISSUER, "is missing, though CLERK_AUTHORIZED_PARTIES is set"));
    };
    // Clerk's dashboard shows the issuer as a URL, and the variable's name asks for a domain.
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let issuer = url.parse().map_err(|error| ConfigError::new(ISSUER, error))?;
    Ok(Some(ClerkTokens { issuer, parties }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<UsersDoor, String> {
        UsersDoor::from_env(&Env::of(variables.iter().copied())).map_err(|error| error.to_string())
    }

    #[test]
    fn parts_without_variables_are_off_and_named() {
        let off = read(&[]).map(|door| door.off().into_iter().map(|(_, variable)| variable).collect());
        assert_eq!(off, Ok(vec!["SERVICE_TOKENS", "AUTH0_AUDIENCE", "CLERK_JWT_ISSUER_DOMAIN", "LINK_DOMAIN"]));
    }

    #[test]
    fn a_clerk_issuer_may_be_told_as_a_domain() {
        for spelling in ["x.clerk.accounts.dev", "https://x.clerk.accounts.dev/"] {
            let issuer = read(&[("CLERK_JWT_ISSUER_DOMAIN", spelling)]).map(|door| door.clerk.map(|it| it.issuer));
            assert_eq!(issuer, Ok("https://x.clerk.accounts.dev".parse().ok()));
        }
    }

    #[test]
    fn half_a_part_and_what_cannot_be_used_end_the_start_with_the_variables_name_alone() {
        for (name, value, culprit) in [
            ("AUTH0_AUDIENCE", "canary", "AUTH0_ISSUER_BASE_URL"),
            ("AUTH0_ADDITIONAL_ISSUERS", "https://canary.example", "AUTH0_ISSUER_BASE_URL"),
            ("AUTH0_ISSUER_BASE_URL", "canary", "AUTH0_ISSUER_BASE_URL"),
            ("CLERK_AUTHORIZED_PARTIES", "https://canary.example", "CLERK_JWT_ISSUER_DOMAIN"),
            ("CLERK_JWT_ISSUER_DOMAIN", "http://canary.example", "CLERK_JWT_ISSUER_DOMAIN"),
            ("SERVICE_TOKENS", "[{\"id\": \"canary\"}]", "SERVICE_TOKENS"),
            ("LINK_DOMAIN", "canary", "LINK_URI"),
            ("LINK_URI", "https://canary.example", "LINK_DOMAIN"),
        ] {
            let error = read(&[(name, value)]).err().unwrap_or_default();
            assert!(error.starts_with(&format!("{culprit}: ")) && !error.contains("canary"), "{name}: {error}");
        }
    }
}
