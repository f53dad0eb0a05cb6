//! A user of Auth0, as logins, pages, single reads and events name one.

use serde::Deserialize;

use super::lenient;
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Profile};

/// What we use of it. Nothing but the id is promised, and custom databases put anything anywhere.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Auth0User {
    #[serde(deserialize_with = "lenient::text")]
    user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    email_verified: bool,
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    nickname: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    given_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    family_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    picture: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    created_at: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    updated_at: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    identities: Vec<Auth0Identity>,
}

/// One account of a user: their own, or one that was linked into it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Auth0Identity {
    #[serde(deserialize_with = "lenient::text")]
    provider: Option<String>,
    #[serde(deserialize_with = "lenient::text_or_number")]
    user_id: Option<String>,
}

impl Auth0User {
    /// The subject, if the user has one.
    pub fn subject(&self) -> Option<&str> {
        self.user_id.as_deref().filter(|id| !id.is_empty())
    }

    /// The facts, by the one mapping that all senders share, so that no two of them take turns.
    pub fn facts(&self) -> Facts {
        let name = self.name.clone().filter(|name| !name.is_empty()).or_else(|| self.nickname.clone());
        Facts::default()
            .with(Fact::Email, self.email.clone())
            .with(Fact::Name, name)
            .with(Fact::FirstName, self.given_name.clone())
            .with(Fact::LastName, self.family_name.clone())
            .with(Fact::Nickname, self.nickname.clone())
            .with(Fact::Username, self.username.clone())
            .with(Fact::AvatarUrl, self.picture.clone())
            .with(Fact::VerifiedEmail, self.email.clone().filter(|_| self.email_verified))
    }

    /// The profile, if the provider's clock can be read.
    pub fn profile(&self, observed_at: Timestamp) -> Option<Profile> {
        let created_at = Timestamp::from_rfc3339(self.created_at.as_deref()?)?;
        let updated_at = Timestamp::from_rfc3339(self.updated_at.as_deref()?)?;
        Some(Profile::new(self.facts(), created_at, updated_at, observed_at))
    }

    /// The subjects of accounts that were linked into this one.
    pub fn linked_subjects(&self) -> impl Iterator<Item = String> {
        let subjects = self
            .identities
            .iter()
            .filter_map(|account| Some(format!("{}|{}", account.provider.as_deref()?, account.user_id.as_deref()?)));
        subjects.filter(|subject| Some(subject.as_str()) != self.subject())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_documented_user_is_read_whole() {
        let user: Auth0User = serde_json::from_value(json!({
            "user_id": "auth0|507f", "email": "john@example.com", "email_verified": true, "username": "johndoe",
            "created_at": "2025-02-02T17:56:01.566Z", "updated_at": "2025-02-03T17:56:01.566Z", "picture": "https://p",
            "name": "John", "nickname": "johnny", "given_name": "J", "family_name": "D", "blocked": true,
            "identities": [{"user_id": "507f", "provider": "auth0", "isSocial": false}, {"user_id": 5, "provider": "github"}, 7],
        }))
        .unwrap();
        assert_eq!(user.subject(), Some("auth0|507f"));
        assert_eq!(user.linked_subjects().collect::<Vec<_>>(), ["github|5"]);
        let facts = user.profile(Timestamp::ZERO).unwrap().facts().clone();
        let texts: Vec<_> = facts.iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["john@example.com", "John", "J", "D", "johnny", "johndoe", "https://p", "john@example.com"]);
    }

    #[test]
    fn the_nickname_stands_in_for_a_missing_or_empty_name() {
        for body in
            [json!({"nickname": "n"}), json!({"name": "", "nickname": "n"}), json!({"name": null, "nickname": "n"})]
        {
            let user: Auth0User = serde_json::from_value(body).unwrap();
            assert_eq!(user.facts().text(Fact::Name), Some("n"));
        }
    }

    #[test]
    fn without_a_readable_clock_there_is_no_profile() {
        for body in
            [json!({}), json!({"created_at": "2025-02-02T17:56:01Z"}), json!({"created_at": 5, "updated_at": "x"})]
        {
            let user: Auth0User = serde_json::from_value(body).unwrap();
            assert!(user.profile(Timestamp::ZERO).is_none());
        }
    }

    /// Any JSON value, a few levels deep.
    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(".{0,8}", inner, 0..4).prop_map(Value::from_iter),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_value_in_any_field_stops_the_reading(values in proptest::collection::vec(any_value(), 12)) {
            let names = ["user_id", "email", "email_verified", "name", "nickname", "given_name", "family_name", "username",
                "picture", "created_at", "updated_at", "identities"];
            let body: Value = names.into_iter().map(str::to_owned).zip(values).collect();
            let user: Auth0User = serde_json::from_str(&body.to_string()).unwrap();
            let _ = (user.facts(), user.linked_subjects().count());
        }
    }
}
