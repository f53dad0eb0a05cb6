//! What a user token says of its bearer, by the mapping of the bearer's provider.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::auth0_user::Auth0User;
use super::lenient::Text;
use crate::domain::{Fact, Facts, Provider};

/// The claims of Clerk's own template for Convex, which are OpenID Connect's; a session token has none of them.
/// That an address is verified is not among what is read: no token vouches.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ClerkClaims {
    email: Text,
    name: Text,
    given_name: Text,
    family_name: Text,
    preferred_username: Text,
    picture: Text,
}

/// The facts in these claims. Auth0 spells its claims as the fields of its users.
pub fn read(provider: &Provider, claims: &Map<String, Value>) -> Facts {
    let claims = Value::Object(claims.clone());
    if *provider == Provider::clerk() {
        ClerkClaims::deserialize(claims).map(|claims| claims.facts()).unwrap_or_default()
    } else {
        Auth0User::deserialize(claims).map(|user| user.facts()).unwrap_or_default()
    }
}

impl ClerkClaims {
    /// As a user of Clerk is mapped: the name is first and last name, where they are there.
    fn facts(&self) -> Facts {
        let parts = [self.given_name.text(), self.family_name.text()];
        let whole = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = Some(whole).filter(|name| !name.is_empty()).or_else(|| self.name.told());
        Facts::default()
            .with(Fact::Email, self.email.told())
            .with(Fact::Name, name)
            .with(Fact::FirstName, self.given_name.told())
            .with(Fact::LastName, self.family_name.told())
            .with(Fact::Username, self.preferred_username.told())
            .with(Fact::AvatarUrl, self.picture.told())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(provider: &Provider, claims: &Value) -> Facts {
        claims.as_object().map(|claims| read(provider, claims)).unwrap_or_default()
    }

    #[test]
    fn clerks_name_is_first_and_last_name_else_the_name_claim() {
        let named = |claims| facts(&Provider::clerk(), &claims).text(Fact::Name).map(str::to_owned);
        assert_eq!(named(json!({"name": "X", "given_name": "A", "family_name": "B"})).as_deref(), Some("A B"));
        assert_eq!(named(json!({"name": "X", "family_name": "B"})).as_deref(), Some("B"));
        assert_eq!(named(json!({"name": "X", "given_name": null})).as_deref(), Some("X"));
        assert_eq!(named(json!({"sid": "s"})), None);
    }

    #[test]
    fn auth0s_claims_are_read_as_its_users_are() {
        let found = facts(&Provider::auth0(), &json!({"sub": "auth0|a", "picture": "https://p.example", "email": 5}));
        assert_eq!(found, Facts::default().with(Fact::AvatarUrl, Some("https://p.example".to_owned())));
    }
}
