//! People for the tables, and what senders tell of them.

use shared::clock::Timestamp;
use shared::domain::{Fact, Facts, Patch, Profile, Told};

/// When the tests' people are met: long after the providers' times in [`profile`], which are small numbers on top of it.
pub const NOON: i64 = 1_700_000_000_000;

/// A time, in ms after noon.
pub fn noon(plus: i64) -> Timestamp {
    Timestamp::from_millis(NOON + plus).expect("a time")
}

/// Facts: a name, and a vouched e-mail made of it.
pub fn facts(name: &str) -> Facts {
    let email = format!("{name}@example.com");
    Facts::default()
        .with(Fact::Name, Some(name.to_owned()))
        .with(Fact::Email, Some(email.clone()))
        .with(Fact::VerifiedEmail, Some(email))
}

/// A profile of the life that began at `created`, changed at `updated` and seen at `observed`, in ms after noon.
pub fn profile(name: &str, created: i64, updated: i64, observed: i64) -> Profile {
    Profile::new(facts(name), noon(created), noon(updated), noon(observed))
}

/// The same, as what a sender tells.
pub fn told(name: &str, created: i64, updated: i64, observed: i64) -> Told {
    Told::Profile(profile(name, created, updated, observed))
}

/// A patch of name and e-mail.
pub fn patch(name: &str) -> Told {
    Told::Patch(Patch::new(facts(name)))
}
