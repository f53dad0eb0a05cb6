//! Which issuer belongs to which realm, and how Convex would spell an identity.

use super::identity::{Identity, IdentityError, Provider};
use super::issuer::{Issuer, TokenIdentifier};

/// The configured issuers. One Auth0 tenant can have several; all of them are one realm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Realms {
    auth0: Vec<Issuer>,
    clerk: Option<Issuer>,
}

/// Why a token identifier names no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RealmError {
    /// Its issuer is not configured.
    #[error("the issuer is not one of the configured ones")]
    IssuerUnknown,
    /// Its subject is none.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl Realms {
    /// Auth0's issuers, the canonical one first, and Clerk's.
    pub fn new(auth0: Vec<Issuer>, clerk: Option<Issuer>) -> Self {
        Self { auth0, clerk }
    }

    /// Whom a token identifier names.
    pub fn identity(&self, told: &TokenIdentifier) -> Result<Identity, RealmError> {
        let issuer = told.issuer.as_ref().ok_or(RealmError::IssuerUnknown)?;
        let provider = match self {
            realms if realms.auth0.contains(issuer) => Provider::auth0(),
            realms if realms.clerk.as_ref() == Some(issuer) => Provider::clerk(),
            _ => return Err(RealmError::IssuerUnknown),
        };
        Ok(Identity::new(provider, told.subject.as_str())?)
    }

    /// `issuer|subject` by the canonical issuer; `None` where none is configured for the realm.
    ///
    /// Issuers are spelled as the providers spell them in tokens: Auth0's ends with a slash, Clerk's does not.
    pub fn token_identifier(&self, identity: &Identity) -> Option<String> {
        let subject = identity.subject();
        match identity.provider().as_str() {
            "auth0" => self.auth0.first().map(|issuer| format!("{issuer}/|{subject}")),
            "clerk" => self.clerk.as_ref().map(|issuer| format!("{issuer}|{subject}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn realms() -> Realms {
        let auth0 = ["https://t.auth0.com/", "https://login.example"].map(|issuer| issuer.parse().unwrap());
        Realms::new(auth0.into(), Some("https://x.clerk.accounts.dev".parse().unwrap()))
    }

    fn named(text: &str) -> Result<Identity, RealmError> {
        realms().identity(&text.parse().unwrap())
    }

    #[test]
    fn every_issuer_of_a_tenant_names_the_same_person_and_a_foreign_one_nobody() {
        let one = named("https://t.auth0.com/|auth0|a|b").unwrap();
        assert_eq!(named("https://LOGIN.example|auth0|a|b"), Ok(one.clone()));
        assert_eq!((one.provider(), one.subject()), (&Provider::auth0(), "auth0|a|b"));
        assert_eq!(named("https://x.clerk.accounts.dev|user_1").map(|it| it.provider().clone()), Ok(Provider::clerk()));
        for foreign in ["https://t.auth0.com.evil.example/|a", "nonsense|a"] {
            assert_eq!(named(foreign), Err(RealmError::IssuerUnknown));
        }
    }

    #[test]
    fn an_identity_is_spelled_as_its_provider_spells_its_issuer() {
        let of = |provider: Provider| realms().token_identifier(&Identity::new(provider, "s").unwrap());
        assert_eq!(of(Provider::auth0()).as_deref(), Some("https://t.auth0.com/|s"));
        assert_eq!(of(Provider::clerk()).as_deref(), Some("https://x.clerk.accounts.dev|s"));
        assert_eq!(of(Provider::named("game").unwrap()), None);
    }
}
