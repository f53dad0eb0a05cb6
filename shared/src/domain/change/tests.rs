//! What each kind of write is seen as, and the law of it: whoever follows the changes knows what the row knows.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{Facts, Identity, ProfileVersion, Tombstone};

const ADDRESS: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn living(name: &str) -> User {
    User {
        identity: Identity::new(Provider::auth0(), "auth0|a").unwrap(),
        facts: Facts::default().with(Fact::FirstName, Some(name.to_owned())),
        profile_version: None,
        provider_created_at: None,
        created_at: at(5),
        last_active_at: None,
        tombstone: None,
        lives_since: None,
        patched: false,
        public_keys: BTreeMap::new(),
        stripe_customer_id: None,
    }
}

fn with_key(mut user: User, key: &str) -> User {
    user.public_keys.insert(key.parse::<PublicKey>().unwrap().canonical(), at(6));
    user
}

fn with_customer(mut user: User, customer: &str) -> User {
    user.stripe_customer_id = Some(customer.to_owned());
    user
}

/// The same, deleted: what it had claimed is still named.
fn dead(user: User) -> User {
    let tombstone = Some(Tombstone { identity_deleted_at: at(9), erased: false, expires_at: Some(at(90)) });
    User { facts: Facts::default(), tombstone, ..user }
}

fn erased(user: User) -> User {
    let mut user = dead(user);
    user.tombstone = user.tombstone.map(|end| Tombstone { erased: true, ..end });
    user
}

/// The changes in words: the name, then the fields or what it is about.
fn told(before: Option<&User>, after: Option<&User>) -> Vec<String> {
    let word = |change: Change| {
        let about = change.about.unwrap_or_else(|| change.fields.join(","));
        format!("{} {about}", change.what.as_str()).trim_end().to_owned()
    };
    changes(before, after).into_iter().map(word).collect()
}

#[test]
fn a_user_is_created_with_all_that_they_bring() {
    let user = with_customer(with_key(living("Ada"), ADDRESS), "cus_1");
    let key = format!("key.linked {ADDRESS}");
    assert_eq!(told(None, Some(&user)), ["user.created firstName", &key, "customer.linked cus_1"]);
}

#[test]
fn activity_and_bookkeeping_are_nothing() {
    let before = with_key(living("Ada"), ADDRESS);
    let mut after = before.clone();
    after.last_active_at = Some(at(10));
    after.patched = true;
    after.profile_version = Some(ProfileVersion::first_of(at(7)));
    after.provider_created_at = Some(at(4));
    after.lives_since = Some(at(8));
    assert_eq!(told(Some(&before), Some(&after)), [""; 0]);
    let (first, mut later) = (dead(before.clone()), dead(before));
    later.tombstone = Some(Tombstone { identity_deleted_at: at(10), erased: false, expires_at: Some(at(99)) });
    assert_eq!(told(Some(&first), Some(&later)), [""; 0], "the same end, told again");
}

#[test]
fn an_update_names_the_fields_that_differ_and_no_other() {
    let before = living("Ada");
    let mut after = living("Bea");
    after.facts = after.facts.with(Fact::VerifiedEmail, Some("a@example.com".to_owned()));
    assert_eq!(told(Some(&before), Some(&after)), ["user.updated firstName,emailVerified"]);
}

#[test]
fn a_key_or_customer_in_place_of_another_ends_the_one_and_begins_the_other() {
    let one = with_customer(with_key(living("Ada"), ADDRESS), "cus_1");
    let other = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    let two = with_customer(with_key(living("Ada"), other), "cus_2");
    let expected = [
        format!("key.unlinked {ADDRESS}"),
        "customer.unlinked cus_1".to_owned(),
        format!("key.linked {other}"),
        "customer.linked cus_2".to_owned(),
    ];
    assert_eq!(told(Some(&one), Some(&two)), expected);
}

#[test]
fn a_deletion_ends_first_what_was_claimed() {
    let before = with_key(living("Ada"), ADDRESS);
    let key = format!("key.unlinked {ADDRESS}");
    assert_eq!(told(Some(&before), Some(&dead(before.clone()))), [&key, "user.deleted firstName"]);
    assert_eq!(told(Some(&before), None), [&key, "user.deleted firstName"], "a row removed by hand");
    assert_eq!(told(None, Some(&dead(before))), ["user.deleted"], "of somebody never seen");
}

#[test]
fn an_erase_says_so_of_a_tombstone_too() {
    let before = living("Ada");
    assert_eq!(told(Some(&before), Some(&erased(before.clone()))), ["user.deleted firstName,erased"]);
    assert_eq!(told(Some(&dead(before.clone())), Some(&erased(before.clone()))), ["user.deleted erased"]);
    assert_eq!(told(Some(&erased(before.clone())), Some(&erased(before))), [""; 0]);
}

#[test]
fn a_tombstone_that_goes_is_nothing() {
    assert_eq!(told(Some(&dead(with_key(living("Ada"), ADDRESS))), None), [""; 0]);
    assert_eq!(told(None, None), [""; 0]);
}

#[test]
fn a_new_life_keeps_nothing_of_the_last_one() {
    let before = with_key(living("Ada"), ADDRESS);
    let anew = User { created_at: at(50), ..living("Ada") };
    let key = format!("key.unlinked {ADDRESS}");
    assert_eq!(told(Some(&before), Some(&anew)), [&key, "user.reborn"]);
    assert_eq!(told(Some(&dead(before)), Some(&anew)), ["user.reborn firstName"]);
}

#[test]
fn a_tombstone_is_lifted_by_proof() {
    let lifted = User { created_at: at(50), lives_since: Some(at(49)), ..living("Ada") };
    assert_eq!(told(Some(&dead(living("Ada"))), Some(&lifted)), ["user.lifted firstName"]);
}

#[test]
fn names_are_read_back() {
    for what in Happening::ALL {
        assert_eq!(Happening::named(what.as_str()), Some(what));
    }
    assert_eq!(Happening::named("user.seen"), None);
}

#[test]
fn sequence_numbers_of_any_width_sort_as_text() {
    let number = |text: &str| SequenceNumber::parse(text).unwrap();
    assert!(number("9") < number("10") && number("99999") < number("300000000000000499660"));
    assert_eq!(number("7").as_str().len(), 40);
    assert_eq!(number(&"9".repeat(40)).as_str(), "9".repeat(40));
    for wrong in ["", "a", "-1", "1.0", " 1", &"1".repeat(41)] {
        assert_eq!(SequenceNumber::parse(wrong), None, "{wrong}");
    }
}

/// What somebody knows who follows the changes: whether the user lives, and what they have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    lives: bool,
    has: BTreeSet<String>,
}

impl Known {
    fn of(row: Option<&User>) -> Self {
        let has = claims(row).into_iter().map(|(_, about)| about).collect();
        Self { lives: row.is_some_and(User::is_living), has }
    }

    fn follow(&mut self, change: &Change) {
        let about = change.about.clone();
        match change.what {
            Happening::Created | Happening::Reborn | Happening::Lifted => self.lives = true,
            Happening::Deleted => self.lives = false,
            Happening::Updated => assert!(self.lives, "only the living change"),
            Happening::KeyLinked | Happening::CustomerLinked => {
                assert!(self.lives && self.has.insert(about.unwrap()), "nothing is linked twice, or to the dead");
            }
            Happening::KeyUnlinked | Happening::CustomerUnlinked => {
                assert!(self.lives && self.has.remove(&about.unwrap()), "only what they have ends, while they live");
            }
        }
        assert!(self.lives || self.has.is_empty(), "the dead have nothing");
    }
}

fn any_row() -> impl Strategy<Value = Option<User>> {
    let keys = prop::collection::btree_set(0..4_u8, 0..4);
    let row = (0..3_u8, 0..3_i64, keys, prop::option::of(0..3_u8), 0..4_u8, any::<bool>());
    prop::option::of(row.prop_map(|(name, created, keys, customer, state, since)| {
        let mut user = living(&"x".repeat(name.into()));
        user.created_at = at(created);
        user.lives_since = since.then(|| at(3));
        user.public_keys = keys.into_iter().map(|key| (format!("evm#{key:040x}"), at(1))).collect();
        user.stripe_customer_id = customer.map(|number| format!("cus_{number}"));
        match state {
            0 => dead(user),
            1 => erased(user),
            _ => user,
        }
    }))
}

proptest! {
    #[test]
    fn whoever_follows_the_changes_knows_what_the_last_row_says(rows in prop::collection::vec(any_row(), 1..8)) {
        let (mut known, mut before) = (Known::default(), None);
        for row in &rows {
            for change in changes(before.as_ref(), row.as_ref()) {
                known.follow(&change);
            }
            prop_assert_eq!(&known, &Known::of(row.as_ref()));
            before.clone_from(row);
        }
    }

    #[test]
    fn no_change_holds_a_value_of_a_fact(row in any_row(), canary in "canary[a-z]{8}") {
        let mut full = living(&canary);
        for fact in Fact::ALL {
            full.facts.tell(fact, Some(canary.clone()));
        }
        for (before, after) in [(row.as_ref(), Some(&full)), (Some(&full), row.as_ref())] {
            let told = format!("{:?}", changes(before, after));
            prop_assert!(!told.contains(&canary), "{}", told);
        }
    }
}
