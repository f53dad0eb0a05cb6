//! A user as the users API tells them.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::domain::{Fact, LinkedKey, Provider, Realms, User};

/// The user document. Times are ms; what is not known is absent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserDocument<'a> {
    user_id: String,
    auth_provider: &'a str,
    auth_subject: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clerk_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    public_keys: Vec<PublicKeyDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stripe_customer_id: Option<&'a str>,
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_created_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_active_at: Option<i64>,
}

/// One of a user's keys.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyDocument {
    key: String,
    r#type: &'static str,
    linked_at: i64,
}

impl PublicKeyDocument {
    /// The keys that a row lists, as wallets spell them; the latest linked first.
    pub fn all_of(user: &User) -> Vec<Self> {
        let told = |linked: &LinkedKey| Self {
            key: linked.key.to_string(),
            r#type: linked.key.key_type().as_str(),
            linked_at: linked.linked_at.millis(),
        };
        user.linked_keys().iter().map(told).collect()
    }
}

impl<'a> UserDocument<'a> {
    /// Tells a row. A tombstone is not to be told as a user.
    pub fn of(user: &'a User, realms: &Realms) -> Self {
        let (identity, fact) = (&user.identity, |fact| user.facts.text(fact));
        let email = fact(Fact::Email);
        let public_keys = PublicKeyDocument::all_of(user);
        Self {
            user_id: identity.user_id().to_string(),
            auth_provider: identity.provider().as_str(),
            auth_subject: identity.subject(),
            token_identifier: realms.token_identifier(identity),
            clerk_user_id: (*identity.provider() == Provider::clerk()).then(|| identity.subject()),
            email,
            email_verified: email.map(|email| fact(Fact::VerifiedEmail) == Some(email)),
            name: fact(Fact::Name),
            first_name: fact(Fact::FirstName),
            last_name: fact(Fact::LastName),
            nickname: fact(Fact::Nickname),
            username: fact(Fact::Username),
            avatar_url: fact(Fact::AvatarUrl),
            public_key: public_keys.first().map(|latest| latest.key.clone()),
            public_keys,
            stripe_customer_id: user.stripe_customer_id.as_deref(),
            created_at: user.created_at.millis(),
            provider_created_at: user.provider_created_at.map(Timestamp::millis),
            updated_at: user.profile_version.map(|version| version.updated_at.millis()),
            last_active_at: user.last_active_at.map(Timestamp::millis),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::domain::{Facts, Identity, ProfileVersion, PublicKey};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    fn user(provider: Provider, subject: &str) -> User {
        User {
            identity: Identity::new(provider, subject).unwrap(),
            facts: Facts::default(),
            profile_version: None,
            provider_created_at: None,
            created_at: at(5),
            last_active_at: None,
            tombstone: None,
            lives_since: None,
            patched: false,
            public_keys: BTreeMap::new(),
            stripe_customer_id: None,
        }
    }

    #[test]
    fn a_user_of_whom_little_is_known_is_told_in_few_fields() {
        let user = user(Provider::named("game").unwrap(), "a");
        let document = serde_json::to_value(UserDocument::of(&user, &Realms::default())).unwrap();
        let expected = json!({"userId": user.identity.user_id().as_str(), "authProvider": "game", "authSubject": "a",
            "publicKeys": [], "createdAt": 5});
        assert_eq!(document, expected);
    }

    #[test]
    fn everything_that_is_known_is_told() {
        let mut user = user(Provider::clerk(), "user_1");
        let text = |text: &str| Some(text.to_owned());
        user.facts = Facts::default()
            .with(Fact::Email, text("a@example.com"))
            .with(Fact::VerifiedEmail, text("a@example.com"))
            .with(Fact::Name, text("A B"));
        user.profile_version = Some(ProfileVersion { updated_at: at(7), observed_at: at(8) });
        user.provider_created_at = Some(at(4));
        user.last_active_at = Some(at(9));
        user.stripe_customer_id = text("cus_1");
        let (address, key) =
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
        let canonical = |text: &str| text.parse::<PublicKey>().unwrap().canonical();
        user.public_keys = BTreeMap::from([(canonical(address), at(1)), (canonical(key), at(2))]);
        let realms = Realms::new(Vec::new(), Some("https://x.clerk.accounts.dev".parse().unwrap()));
        let document = serde_json::to_value(UserDocument::of(&user, &realms)).unwrap();
        let expected = json!({"userId": user.identity.user_id().as_str(), "authProvider": "clerk",
            "authSubject": "user_1", "tokenIdentifier": "https://x.clerk.accounts.dev|user_1",
            "clerkUserId": "user_1", "email": "a@example.com", "emailVerified": true, "name": "A B",
            "publicKey": key, "publicKeys": [{"key": key, "type": "solana", "linkedAt": 2},
                {"key": address, "type": "evm", "linkedAt": 1}],
            "stripeCustomerId": "cus_1", "createdAt": 5, "providerCreatedAt": 4, "updatedAt": 7, "lastActiveAt": 9});
        assert_eq!(document, expected);
    }

    #[test]
    fn an_address_that_differs_from_the_verified_one_is_not_verified() {
        let mut user = user(Provider::auth0(), "auth0|a");
        user.facts = Facts::default()
            .with(Fact::Email, Some("b@example.com".to_owned()))
            .with(Fact::VerifiedEmail, Some("a@example.com".to_owned()));
        assert_eq!(UserDocument::of(&user, &Realms::default()).email_verified, Some(false));
    }
}
