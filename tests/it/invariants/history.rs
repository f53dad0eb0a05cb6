//! Histories of one subject: up to three lives, as a provider would tell them, with ties to the millisecond.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use shared::clock::Timestamp;
use shared::domain::{Identity, Profile};
use tests::people;
use tests::spine::{auth0, clerk};

/// One thing that a provider tells.
#[derive(Clone, Debug)]
pub(super) enum Word {
    /// A whole profile, by a login or by another sender.
    Profile(Profile, bool),
    /// The end of a life.
    Deletion(Timestamp),
}

/// Whose history: the realms differ in how many lives a subject has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Realm {
    Auth0,
    Clerk,
}

impl Realm {
    pub(super) fn identity(self, subject: &str) -> Identity {
        match self {
            Self::Auth0 => auth0(&format!("auth0|{subject}")),
            Self::Clerk => clerk(&format!("user_{subject}")),
        }
    }
}

/// One profile of a life: ms since the one before it, ms until it was seen, whether a login told it, and, where an
/// administrator may, by how much they moved the beginning.
type Change = (i64, i64, bool, i64);

/// One life: ms since the end of the one before, what changed in it, ms until its end, whether anybody heard of that.
type Life = (i64, Vec<Change>, i64, bool);

fn life() -> impl Strategy<Value = Life> {
    // Small numbers make ties; now and then a gap is long, as gaps are.
    let gap = || prop_oneof![4 => 0..3_i64, 1 => 50_000..90_000_i64];
    let change = (0..3_i64, 0..40_i64, any::<bool>(), -3..4_i64);
    (gap(), vec(change, 1..4), gap(), prop::bool::weighted(0.7))
}

/// The words of a history, in the order in which they happened.
pub(super) fn words(realm: Realm) -> impl Strategy<Value = Vec<Word>> {
    let lives = if realm == Realm::Auth0 { 1..4_usize } else { 1..2_usize };
    vec(life(), lives).prop_map(move |lives| told(realm, &lives))
}

fn told(realm: Realm, lives: &[Life]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut now = 0;
    // No two observations fall on one moment: each profile has a rank of its own in the last digits.
    let mut rank = 0;
    let mut tied = false;
    for (gap, changes, until_end, heard) in lives {
        // A life may begin in the millisecond in which the one before it ended: nobody can tell it from that one then.
        // Not two in a row, for so three people would share what a clock shows of them, and no rule could part them.
        let gap = if tied { (*gap).max(1) } else { *gap };
        tied = gap == 0;
        now += gap;
        let began = now;
        for (since, delay, login, moved) in changes {
            now += since;
            rank += 1;
            let created = if realm == Realm::Clerk { began + moved } else { began };
            let profile = people::profile(&format!("n{rank}"), created, now, now + delay * 16 + rank);
            words.push(Word::Profile(profile, *login));
        }
        now += until_end;
        if *heard {
            words.push(Word::Deletion(people::noon(now)));
        }
    }
    words
}

/// The same words as a network delivers them: some more than once, in any order.
pub(super) fn delivered(words: Vec<Word>) -> impl Strategy<Value = Vec<Word>> {
    let again = prop::sample::subsequence(words.clone(), 0..=words.len());
    again.prop_flat_map(move |again| Just([words.clone(), again].concat()).prop_shuffle())
}

/// A history, and two ways in which it was delivered.
pub(super) type Deliveries = (Vec<Word>, Vec<Word>, Vec<Word>);

/// Histories with their deliveries.
pub(super) fn deliveries(realm: Realm) -> impl Strategy<Value = Deliveries> {
    words(realm).prop_flat_map(|words| (Just(words.clone()), delivered(words.clone()), delivered(words)))
}

/// The first `count` histories of a realm, always the same ones.
pub(super) fn first(count: u32, realm: Realm) -> impl Iterator<Item = Deliveries> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(move |_| deliveries(realm).new_tree(&mut runner).expect("a history").current())
}
