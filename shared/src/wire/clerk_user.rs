//! A user as Clerk tells: in an event, a listing, a single read. One mapping for all of them.

use serde::Deserialize;

use super::lenient::{List, Object, Text, Whole};
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Profile};

/// What is used of Clerk's user object. Whatever is `null` or of another type than documented is absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ClerkUser {
    id: Text,
    first_name: Text,
    last_name: Text,
    username: Text,
    image_url: Text,
    email_addresses: List<Email>,
    primary_email_address_id: Text,
    created_at: Whole,
    updated_at: Whole,
}

/// One of a user's addresses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Email {
    id: Text,
    #[serde(rename = "email_address")]
    address: Text,
    verification: Object<Verification>,
}

/// Whether somebody proved that the address is theirs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Verification {
    status: Text,
}

impl Email {
    fn is_verified(&self) -> bool {
        self.verification.object().is_some_and(|verification| verification.status.text() == Some("verified"))
    }
}

impl ClerkUser {
    /// The subject: `id`.
    pub fn subject(&self) -> Option<&str> {
        self.id.text()
    }

    /// When the user was made, in the listing's own order.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at.number().and_then(Timestamp::from_seconds_or_millis)
    }

    /// The facts. The name is the first and the last one, and the e-mail is the primary one, never another.
    pub fn facts(&self) -> Facts {
        let email = self.primary_email();
        Facts::default()
            .with(Fact::Email, email.and_then(|email| email.address.told()))
            .with(Fact::Name, self.name())
            .with(Fact::FirstName, self.first_name.told())
            .with(Fact::LastName, self.last_name.told())
            .with(Fact::Username, self.username.told())
            .with(Fact::AvatarUrl, self.image_url.told())
            .with(Fact::VerifiedEmail, email.filter(|email| email.is_verified()).and_then(|email| email.address.told()))
    }

    /// The whole profile, as it was at `observed_at`; `None` without a readable `created_at` and `updated_at`.
    pub fn profile(&self, observed_at: Timestamp) -> Option<Profile> {
        let updated_at = self.updated_at.number().and_then(Timestamp::from_seconds_or_millis)?;
        Some(Profile::new(self.facts(), self.created_at()?, updated_at, observed_at))
    }

    fn name(&self) -> Option<String> {
        match (self.first_name.text(), self.last_name.text()) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (first, last) => first.or(last).map(str::to_owned),
        }
    }

    fn primary_email(&self) -> Option<&Email> {
        let primary = self.primary_email_address_id.text()?;
        self.email_addresses.iter().find(|email| email.id.text() == Some(primary))
    }
}

#[cfg(test)]
mod tests;
