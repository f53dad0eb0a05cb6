//! Any order, any repeats: the pure rules alone, over thousands of histories.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use shared::domain::User;
use tests::people;
use tests::spine::soak;

use super::history::{Realm, Word, deliveries};
use super::model::{State, next};

/// Plays a delivery, and looks at each step of it for what may never happen.
fn played(realm: Realm, words: &[Word]) -> Result<Option<User>, TestCaseError> {
    let identity = realm.identity("pure");
    let mut row: Option<User> = None;
    for (arrival, word) in (1_000_000..).zip(words) {
        let before = row.clone();
        row = next(&identity, row, word, people::noon(arrival));
        never_resurrected(realm, before.as_ref(), word, row.as_ref())?;
        never_back(before.as_ref(), row.as_ref())?;
    }
    Ok(row)
}

/// Invariant 4: a tombstone falls to a later life only, and Clerk's never does.
fn never_resurrected(
    realm: Realm,
    before: Option<&User>,
    word: &Word,
    after: Option<&User>,
) -> Result<(), TestCaseError> {
    let Some(end) = before.and_then(|row| row.tombstone) else { return Ok(()) };
    let after = after.ok_or_else(|| TestCaseError::fail("a row went away"))?;
    if let Some(now) = after.tombstone {
        prop_assert!(now.identity_deleted_at >= end.identity_deleted_at, "a deletion went back");
        return Ok(());
    }
    let Word::Profile(profile, _) = word else { return Err(TestCaseError::fail("a deletion gave life")) };
    prop_assert!(realm == Realm::Auth0 && profile.created_at() > end.identity_deleted_at, "a dead person rose");
    Ok(())
}

/// Invariant 3: while nobody dies, the stored profile never becomes an older one.
fn never_back(before: Option<&User>, after: Option<&User>) -> Result<(), TestCaseError> {
    if let (Some(before), Some(after)) = (before.filter(|row| row.is_living()), after.filter(|row| row.is_living())) {
        prop_assert!(after.profile_version >= before.profile_version);
    }
    Ok(())
}

fn all_deliveries_end_as_owed(
    realm: Realm,
    (words, one, other): (Vec<Word>, Vec<Word>, Vec<Word>),
) -> Result<(), TestCaseError> {
    let owed = State::owed(realm, &words);
    for delivery in [words, one, other] {
        let row = played(realm, &delivery)?;
        prop_assert_eq!(State::of(row.as_ref()), owed.clone());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: soak(100_000).max(2000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn several_lives_at_auth0_end_the_same_in_any_order(history in deliveries(Realm::Auth0)) {
        all_deliveries_end_as_owed(Realm::Auth0, history)?;
    }

    #[test]
    fn the_one_life_at_clerk_ends_the_same_in_any_order(history in deliveries(Realm::Clerk)) {
        all_deliveries_end_as_owed(Realm::Clerk, history)?;
    }
}
