//! What senders tell: a profile is everything the provider knows, a patch is some of it without the provider's clock.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::facts::{Fact, Facts};
use crate::clock::Timestamp;

/// The order of all profiles of one identity: the provider's time of change, then the time of observation.
///
/// As text it has 26 digits, and one comparison of two texts orders the profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileVersion {
    /// The provider's `updated_at`.
    pub updated_at: Timestamp,
    /// When it was so: an envelope's time, the time of a read, the arrival of a login.
    pub observed_at: Timestamp,
}

impl ProfileVersion {
    /// The lowest version that a life begun at `created_at` can have.
    pub fn first_of(created_at: Timestamp) -> Self {
        Self { updated_at: created_at, observed_at: Timestamp::ZERO }
    }
}

impl fmt::Display for ProfileVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.updated_at, self.observed_at)
    }
}

/// The text is not 26 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile version has 26 digits")]
pub struct ProfileVersionError;

impl FromStr for ProfileVersion {
    type Err = ProfileVersionError;

    fn from_str(text: &str) -> Result<Self, ProfileVersionError> {
        let half =
            |range| text.get(range).and_then(|digits: &str| digits.parse().ok()).and_then(Timestamp::from_millis);
        if text.len() != 26 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ProfileVersionError);
        }
        match (half(0..13), half(13..26)) {
            (Some(updated_at), Some(observed_at)) => Ok(Self { updated_at, observed_at }),
            _ => Err(ProfileVersionError),
        }
    }
}

/// Everything the provider knows of a person at one moment. It replaces the facts: what it lacks is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    facts: Facts,
    created_at: Timestamp,
    version: ProfileVersion,
}

impl Profile {
    /// A profile by the provider's clock. An `updated_at` before `created_at` is raised to it.
    pub fn new(facts: Facts, created_at: Timestamp, updated_at: Timestamp, observed_at: Timestamp) -> Self {
        Self { facts, created_at, version: ProfileVersion { updated_at: updated_at.max(created_at), observed_at } }
    }

    /// The facts.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// When the provider says that this life began.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Where it stands among all profiles of its identity.
    pub fn version(&self) -> ProfileVersion {
        self.version
    }
}

/// Some facts, without the provider's clock: present ones are set, cleared ones removed, absent ones kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    facts: Facts,
    cleared: BTreeSet<Fact>,
}

impl Patch {
    /// A patch of these facts. Nobody but a profile vouches for an address.
    pub fn new(facts: Facts) -> Self {
        Self { facts: facts.unvouched(), cleared: BTreeSet::new() }
    }

    /// The same, that also removes these facts. What is set is not removed; with an address goes its being verified,
    /// for it would keep the address.
    pub fn clearing(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.cleared.extend(facts);
        self.cleared.retain(|fact| self.facts.text(*fact).is_none());
        if self.cleared.contains(&Fact::Email) {
            self.cleared.insert(Fact::VerifiedEmail);
        }
        self
    }

    /// The facts that are set.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The facts that are removed.
    pub fn cleared(&self) -> impl Iterator<Item = Fact> {
        self.cleared.iter().copied()
    }

    /// Whether `known` is so already.
    pub fn changes_nothing_in(&self, known: &Facts) -> bool {
        self.facts.iter().all(|(fact, text): (Fact, &str)| known.text(fact) == Some(text))
            && self.cleared().all(|fact| known.text(fact).is_none())
    }
}

/// What a sender told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Everything, with the provider's clock.
    Profile(Profile),
    /// Some of it, as of its arrival.
    Patch(Patch),
}

impl Told {
    /// The facts in it.
    pub fn facts(&self) -> &Facts {
        match self {
            Self::Profile(profile) => profile.facts(),
            Self::Patch(patch) => patch.facts(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap_or(Timestamp::ZERO)
    }

    #[test]
    fn a_change_before_the_beginning_is_raised_to_it() {
        let profile = Profile::new(Facts::default(), time(500), time(400), time(600));
        assert_eq!(profile.version().updated_at, time(500));
    }

    #[test]
    fn only_26_digits_are_a_version() {
        for wrong in
            ["", "1", "00000000000010000000000002x", "0000000000001+000000000002", "00000000000010000000000002"]
        {
            assert_eq!(wrong.parse::<ProfileVersion>().is_ok(), wrong.len() == 26 && !wrong.contains('+'), "{wrong}");
        }
    }

    #[test]
    fn a_patch_that_clears_an_address_leaves_nothing_of_it() {
        let known = Facts::default()
            .with(Fact::Email, Some("a@example.com".to_owned()))
            .with(Fact::VerifiedEmail, Some("a@example.com".to_owned()));
        let patch = Patch::new(Facts::default()).clearing([Fact::Email]);
        assert_eq!(patch.cleared().collect::<Vec<_>>(), [Fact::Email, Fact::VerifiedEmail]);
        assert!(!patch.changes_nothing_in(&known) && patch.changes_nothing_in(&Facts::default()));
        let set = Patch::new(known).clearing([Fact::Email, Fact::Name]);
        assert_eq!(set.cleared().collect::<Vec<_>>(), [Fact::Name]);
    }

    proptest! {
        #[test]
        fn versions_compare_as_texts_as_they_do_as_times(a in 0..9_999_999_999_999_i64, b in 0..9_999_999_999_999_i64, c in 0..50_i64, d in 0..50_i64) {
            let one = ProfileVersion { updated_at: time(a), observed_at: time(b) };
            let other = ProfileVersion { updated_at: time(a + c - 25), observed_at: time(b + d - 25) };
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
            prop_assert_eq!(one.to_string().parse::<ProfileVersion>(), Ok(one));
        }
    }
}
