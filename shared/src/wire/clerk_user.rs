//! A user of Clerk, as webhooks, pages and single reads name one.

use serde::Deserialize;

use super::lenient;
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Profile};

/// What we use of it. Metadata is never read: it is private, or the client's own to write.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ClerkUser {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    first_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    last_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    image_url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    primary_email_address_id: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    email_addresses: Vec<ClerkEmail>,
    #[serde(deserialize_with = "lenient::number")]
    created_at: Option<i64>,
    #[serde(deserialize_with = "lenient::number")]
    updated_at: Option<i64>,
}

/// One of a user's addresses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ClerkEmail {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    email_address: Option<String>,
    #[serde(deserialize_with = "lenient::object")]
    verification: Option<Verification>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Verification {
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
}

impl ClerkUser {
    /// The subject, if the user has one.
    pub fn subject(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    /// When Clerk says that the user was made.
    pub fn created_at(&self) -> Option<Timestamp> {
        Timestamp::from_seconds_or_millis(self.created_at?)
    }

    /// The facts, by the one mapping that all senders share.
    pub fn facts(&self) -> Facts {
        let primary = self.primary_email();
        let email = primary.and_then(|email| email.email_address.clone());
        let verified = primary.and_then(|email| email.verification.as_ref()?.status.as_deref()) == Some("verified");
        Facts::default()
            .with(Fact::Email, email.clone())
            .with(Fact::Name, self.name())
            .with(Fact::FirstName, self.first_name.clone())
            .with(Fact::LastName, self.last_name.clone())
            .with(Fact::Username, self.username.clone())
            .with(Fact::AvatarUrl, self.image_url.clone())
            .with(Fact::VerifiedEmail, email.filter(|_| verified))
    }

    /// The profile, if the provider's clock can be read.
    pub fn profile(&self, observed_at: Timestamp) -> Option<Profile> {
        let updated_at = Timestamp::from_seconds_or_millis(self.updated_at?)?;
        Some(Profile::new(self.facts(), self.created_at()?, updated_at, observed_at))
    }

    /// The address that Clerk calls primary, and never another from the list.
    fn primary_email(&self) -> Option<&ClerkEmail> {
        let primary = self.primary_email_address_id.as_deref()?;
        self.email_addresses.iter().find(|email| email.id.as_deref() == Some(primary))
    }

    fn name(&self) -> Option<String> {
        let parts = [&self.first_name, &self.last_name].into_iter().flatten();
        let parts: Vec<&str> = parts.map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::{Value, json};

    use super::*;

    fn read(body: Value) -> ClerkUser {
        serde_json::from_value(body).unwrap()
    }

    fn with_email(primary: Value, verification: Value) -> ClerkUser {
        read(json!({
            "id": "user_1", "first_name": "Ada", "last_name": null, "primary_email_address_id": primary,
            "email_addresses": [
                {"id": "idn_0", "email_address": "other@example.com", "verification": {"status": "verified"}},
                {"id": "idn_1", "email_address": "ada@example.com", "verification": verification},
            ],
            "created_at": 1_654_012_591_514_i64, "updated_at": 1_654_012_591,
        }))
    }

    #[test]
    fn only_the_primary_address_counts_and_only_verified_is_verified() {
        let email = |user: &ClerkUser| {
            (user.facts().text(Fact::Email).is_some(), user.facts().text(Fact::VerifiedEmail).is_some())
        };
        assert_eq!(email(&with_email(json!("idn_1"), json!({"status": "verified"}))), (true, true));
        assert_eq!(email(&with_email(json!("idn_1"), json!({"status": "expired"}))), (true, false));
        assert_eq!(email(&with_email(json!("idn_1"), json!(null))), (true, false));
        assert_eq!(email(&with_email(json!("idn_9"), json!(null))), (false, false));
        assert_eq!(email(&with_email(json!(null), json!(null))), (false, false));
    }

    #[test]
    fn a_name_is_what_there_is_of_first_and_last() {
        for (first, last, expected) in [
            (json!("Ada"), json!("Lovelace"), Some("Ada Lovelace")),
            (json!("Ada"), json!(null), Some("Ada")),
            (json!(""), json!("Lovelace"), Some("Lovelace")),
            (json!("🦀 عربى"), json!("x"), Some("🦀 عربى x")),
            (json!(null), json!(5), None),
        ] {
            let user = read(json!({"first_name": first, "last_name": last}));
            assert_eq!(user.facts().text(Fact::Name), expected);
        }
    }

    #[test]
    fn a_change_before_the_beginning_is_raised_to_it_and_seconds_are_read() {
        let profile = with_email(json!(null), json!(null)).profile(Timestamp::ZERO).unwrap();
        assert_eq!(profile.version().updated_at, profile.created_at());
        assert!(read(json!({"id": "user_1"})).profile(Timestamp::ZERO).is_none());
    }
}
