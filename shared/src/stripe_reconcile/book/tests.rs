//! What the book remembers, and how little room it takes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::domain::{Facts, Identity, Provider, Tombstone};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn row(name: &str, customer: Option<&str>) -> User {
    let email = Some(format!("{name}@example.com"));
    User {
        identity: Identity::new(Provider::auth0(), name).unwrap(),
        facts: Facts::default().with(Fact::Email, email),
        profile_version: None,
        provider_created_at: Some(at(0)),
        created_at: at(0),
        last_active_at: None,
        tombstone: None,
        lives_since: None,
        patched: false,
        public_keys: BTreeMap::new(),
        stripe_customer_id: customer.map(|id| format!("cus_{id}")),
    }
}

fn customer(id: &str, names: Option<&User>, email: &str) -> Customer {
    Customer {
        id: format!("cus_{id}").parse().unwrap(),
        user_id: names.map(|row| row.identity.user_id().to_string()),
        email: Some(format!("{email}@example.com")),
        name: None,
        created_at: at(1_000),
        on_test_clock: false,
    }
}

fn book(rows: &[&User]) -> Book {
    let mut book = Book::with_capacity(rows.len());
    for row in rows {
        book.learn(row);
    }
    book.settle();
    book
}

#[test]
fn a_row_takes_at_most_48_bytes() {
    assert!(size_of::<Row>() <= 48);
}

#[test]
fn whoever_is_in_step_is_nobodys_suspect() {
    let (ann, bob) = (row("ann", Some("a")), row("bob", None));
    let mut book = book(&[&ann, &bob]);
    assert_eq!(book.meet(&customer("a", Some(&ann), "Ann")), Met::Nothing);
    assert_eq!(book.meet(&customer("other", None, "stranger")), Met::Nothing);
    assert_eq!(book.links(), Links { all: 1, listed: 1 });
    assert_eq!(book.close(), []);
}

#[test]
fn a_linked_customer_with_another_name_or_address_differs_and_one_of_nobody_is_an_orphan() {
    let (ann, bob) = (row("ann", Some("a")), row("bob", None));
    let gone = User {
        tombstone: Some(Tombstone { identity_deleted_at: at(5), erased: false, expires_at: None }),
        ..row("gone", Some("g"))
    };
    let mut book = book(&[&ann, &bob, &gone]);
    let differs = Met::Differs(ann.identity.user_id());
    assert_eq!(book.meet(&customer("a", Some(&ann), "eve")), differs);
    assert_eq!(book.meet(&customer("a", Some(&bob), "ann")), differs);
    assert_eq!(book.meet(&customer("g", Some(&gone), "gone")), Met::Orphan, "a tombstone lists nothing any more");
    assert_eq!(book.meet(&customer("x", Some(&row("unseen", None)), "x")), Met::Orphan);
    let foreign = Customer { user_id: Some("k17ab".to_owned()), ..customer("y", None, "y") };
    assert_eq!(book.meet(&foreign), Met::Orphan);
}

#[test]
fn those_who_name_a_user_are_gathered_each_once_and_what_was_not_listed_is_told() {
    let (ann, bob) = (row("ann", Some("a")), row("bob", None));
    let mut book = book(&[&ann, &bob]);
    for id in ["b2", "b1", "b2"] {
        book.meet(&customer(id, Some(&bob), "bob"));
    }
    book.meet(&customer("mail", None, "BOB"));
    assert_eq!(book.unlisted().collect::<Vec<_>>(), [ann.identity.user_id()]);
    let suspects = book.close();
    let of = |row: &User| suspects.iter().find(|suspect| suspect.user_id == row.identity.user_id()).unwrap();
    assert!(of(&ann).unlisted && of(&ann).naming.is_empty());
    let naming: Vec<_> = of(&bob).naming.iter().map(|candidate| candidate.id.as_str()).collect();
    assert_eq!((naming, of(&bob).addressed.len(), of(&bob).unlisted), (vec!["cus_b2", "cus_b1"], 1, false));
}
