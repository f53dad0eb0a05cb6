//! A user as Auth0 tells: in a login, a listing, a single read, an event. One mapping for all of them.

use serde::Deserialize;

use super::lenient::{Flag, List, Text, TextOrNumber};
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Profile};

/// What is used of Auth0's user object. Nothing in it is sure to be there, or to be of the documented type.
///
/// Source: `UserResponseSchema` of the Management API, where no field is required.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Auth0User {
    user_id: Text,
    email: Text,
    email_verified: Flag,
    name: Text,
    nickname: Text,
    given_name: Text,
    family_name: Text,
    username: Text,
    picture: Text,
    created_at: Text,
    updated_at: Text,
    identities: List<Auth0Identity>,
}

/// An account at an identity provider that belongs to the user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Auth0Identity {
    provider: Text,
    user_id: TextOrNumber,
}

impl Auth0User {
    /// The names of all fields that are read, as the Management API's `fields` takes them.
    pub const FIELDS: &str = "user_id,email,email_verified,name,nickname,given_name,family_name,username,picture,\
                              created_at,updated_at,identities";

    /// The subject: `user_id`.
    pub fn subject(&self) -> Option<&str> {
        self.user_id.text()
    }

    /// The facts. A name that is missing is the nickname, and an address is vouched for by `email_verified`.
    pub fn facts(&self) -> Facts {
        let name = self.name.told().or_else(|| self.nickname.told());
        Facts::default()
            .with(Fact::Email, self.email.told())
            .with(Fact::Name, name)
            .with(Fact::FirstName, self.given_name.told())
            .with(Fact::LastName, self.family_name.told())
            .with(Fact::Nickname, self.nickname.told())
            .with(Fact::Username, self.username.told())
            .with(Fact::AvatarUrl, self.picture.told())
            .with(Fact::VerifiedEmail, self.email.told().filter(|_| self.email_verified.is_set()))
    }

    /// The whole profile, as it was at `observed_at`; `None` without a readable `created_at` and `updated_at`.
    pub fn profile(&self, observed_at: Timestamp) -> Option<Profile> {
        let time = |text: &Text| text.text().and_then(Timestamp::from_rfc3339);
        let (created_at, updated_at) = (time(&self.created_at)?, time(&self.updated_at)?);
        Some(Profile::new(self.facts(), created_at, updated_at, observed_at))
    }

    /// The subjects, `provider|user_id`, of the accounts that were linked into this one.
    pub fn named_identities(&self) -> impl Iterator<Item = String> {
        let all = self.identities.iter();
        let named = all.filter_map(|one| Some(format!("{}|{}", one.provider.text()?, one.user_id.text()?)));
        named.filter(|subject| Some(subject.as_str()) != self.subject())
    }
}

#[cfg(test)]
mod tests;
