//! People who are made by number.

use std::collections::BTreeMap;

use shared::domain::{Fact, Facts, Identity, Profile, Provider, User};

pub(crate) fn facts(number: u32) -> Facts {
    Facts::default()
        .with(Fact::Email, Some(format!("person{number}@example.com")))
        .with(Fact::Name, Some(format!("Person Number {number}")))
        .with(Fact::FirstName, Some("Person".to_owned()))
        .with(Fact::LastName, Some(format!("Number {number}")))
        .with(Fact::AvatarUrl, Some(format!("https://img.example.com/{number}.png")))
        .with(Fact::VerifiedEmail, Some(format!("person{number}@example.com")))
}

pub(crate) fn identity(number: u32) -> Identity {
    Identity::new(Provider::clerk(), format!("user_{number:027}")).expect("a subject")
}

pub(crate) fn row(number: u32, profile: &Profile) -> User {
    User {
        identity: identity(number),
        facts: profile.facts().clone(),
        profile_version: Some(profile.version()),
        provider_created_at: Some(profile.created_at()),
        created_at: profile.created_at(),
        last_active_at: None,
        tombstone: None,
        lives_since: None,
        patched: false,
        public_keys: BTreeMap::new(),
        stripe_customer_id: None,
    }
}
