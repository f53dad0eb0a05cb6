//! What becomes of an operator's wish to erase or to restore somebody. `store::by_hand` says the same to the database.

use super::life::{SKEW, Verdict, lift_verdict};
use super::profile::Profile;
use super::user::{Tombstone, User};
use crate::clock::Timestamp;

/// What becomes of a wish to erase that meets a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EraseVerdict {
    /// It is so already.
    Stands,
    /// It is another life than the one that was looked at.
    Moved,
    /// It is written, as a deletion at this time.
    Write(Timestamp),
}

/// How an erase ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EraseOutcome {
    /// The row is an erased tombstone now, and what it claimed is free.
    Erased,
    /// It was already, and nothing had to be written.
    AlreadyErased,
    /// A new life began since the row was looked at.
    Moved,
}

/// How a restore ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreOutcome {
    /// The person is back, without the old claims.
    Restored,
    /// The provider has somebody of a later life, who begins here.
    Reborn,
    /// They live already, and nothing had to be written.
    AlreadyLiving,
    /// The provider's answer is not later than the deletion.
    TooEarly,
    /// The row is gone, and with it what was to be restored.
    Gone,
}

/// What becomes of a wish at `now` to erase the life that was first seen at `life`, when it meets `row`.
pub fn erase_verdict(row: &User, life: Timestamp, now: Timestamp) -> EraseVerdict {
    match row.tombstone {
        _ if row.created_at != life => EraseVerdict::Moved,
        Some(end) if end.erased => EraseVerdict::Stands,
        _ => EraseVerdict::Write(ended_at(row, now)),
    }
}

/// Now, but later than whatever would make the row's own life a new one: its beginning by a clock before ours, the
/// proof that it lives, the deletion that is known already.
fn ended_at(row: &User, now: Timestamp) -> Timestamp {
    let began = match row.provider_created_at {
        Some(began) => began,
        // Its profile is still to come, and may begin up to so much after our first sight.
        None => row.created_at.plus(SKEW),
    };
    let began = Some(began).filter(|_| row.is_living() && row.identity.provider().reuses_subjects());
    let deleted = row.tombstone.map(|end| end.identity_deleted_at);
    [began, row.lives_since, deleted].into_iter().flatten().fold(now, Timestamp::max)
}

/// What becomes of an operator's restore, by the provider's answer at `answered_at`: a lift that an erase does not stop.
pub fn restore_verdict(row: &User, profile: &Profile, answered_at: Timestamp) -> Verdict {
    let tombstone = row.tombstone.map(|end| Tombstone { erased: false, ..end });
    lift_verdict(&User { tombstone, ..row.clone() }, profile, answered_at)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{Facts, Identity, Provider, profile_verdict};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    fn row(provider: Provider) -> User {
        User {
            identity: Identity::new(provider, "a").unwrap(),
            facts: Facts::default(),
            profile_version: None,
            provider_created_at: None,
            created_at: at(1_000),
            last_active_at: None,
            tombstone: None,
            lives_since: None,
            patched: false,
            public_keys: BTreeMap::new(),
            stripe_customer_id: None,
        }
    }

    fn ended(row: &User, seconds: i64, erased: bool) -> User {
        let tombstone = Some(Tombstone { identity_deleted_at: at(seconds), erased, expires_at: None });
        User { tombstone, ..row.clone() }
    }

    fn profile(created: i64) -> Profile {
        Profile::new(Facts::default(), at(created), at(created), at(9_000))
    }

    #[test]
    fn an_erase_is_of_now_and_of_the_life_that_was_looked_at() {
        let row = row(Provider::auth0());
        assert_eq!(erase_verdict(&row, at(1_000), at(5_000)), EraseVerdict::Write(at(5_000)));
        assert_eq!(erase_verdict(&row, at(999), at(5_000)), EraseVerdict::Moved);
        assert_eq!(erase_verdict(&ended(&row, 2_000, false), at(1_000), at(5_000)), EraseVerdict::Write(at(5_000)));
        assert_eq!(erase_verdict(&ended(&row, 2_000, true), at(1_000), at(5_000)), EraseVerdict::Stands);
        assert_eq!(erase_verdict(&ended(&row, 2_000, true), at(999), at(5_000)), EraseVerdict::Moved);
    }

    #[test]
    fn no_clock_that_is_behind_makes_the_erased_life_a_new_one() {
        let told = User { provider_created_at: Some(at(5_003)), ..row(Provider::auth0()) };
        let untold = User { created_at: at(5_000), ..row(Provider::auth0()) };
        for (row, began) in [(told, 5_003), (untold, 5_060)] {
            let EraseVerdict::Write(end) = erase_verdict(&row, row.created_at, at(5_000)) else { unreachable!() };
            assert_eq!(end, at(began));
            let erased = User { tombstone: ended(&row, end.seconds(), true).tombstone, ..row };
            assert_eq!(profile_verdict(&erased, &profile(began)), Verdict::Deleted);
        }
        let clerk = User { provider_created_at: Some(at(7_000)), ..row(Provider::clerk()) };
        assert_eq!(erase_verdict(&clerk, at(1_000), at(5_000)), EraseVerdict::Write(at(5_000)), "Clerk has one life");
        let known = ended(&row(Provider::clerk()), 6_000, false);
        assert_eq!(erase_verdict(&known, at(1_000), at(5_000)), EraseVerdict::Write(at(6_000)), "never back in time");
        let proved = User { lives_since: Some(at(6_000)), ..row(Provider::clerk()) };
        assert_eq!(erase_verdict(&proved, at(1_000), at(5_000)), EraseVerdict::Write(at(6_000)));
    }

    #[test]
    fn a_restore_is_a_lift_that_an_erase_does_not_stop() {
        let row = row(Provider::auth0());
        for erased in [false, true] {
            let end = ended(&row, 2_000, erased);
            assert_eq!(restore_verdict(&end, &profile(900), at(2_001)), Verdict::Write);
            assert_eq!(restore_verdict(&end, &profile(900), at(2_000)), Verdict::Deleted, "not after the deletion");
            assert_eq!(restore_verdict(&end, &profile(2_001), at(3_000)), Verdict::NewLife);
        }
        assert_eq!(lift_verdict(&ended(&row, 2_000, true), &profile(900), at(2_001)), Verdict::Deleted);
        assert_eq!(restore_verdict(&row, &profile(900), at(2_001)), Verdict::Stale, "nothing to restore");
    }
}
