//! The classes, one by one, and who may be linked.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::domain::{Facts, Identity, Provider};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn row(provider: Provider, born: Option<i64>) -> User {
    let fact = |text: &str| Some(text.to_owned());
    User {
        identity: Identity::new(provider, "auth0|ada").unwrap(),
        facts: Facts::default().with(Fact::Email, fact("Ada@example.com")).with(Fact::Name, fact("Ada")),
        profile_version: None,
        provider_created_at: born.map(at),
        created_at: at(9_000),
        last_active_at: None,
        tombstone: None,
        lives_since: None,
        patched: false,
        public_keys: std::collections::BTreeMap::new(),
        stripe_customer_id: None,
    }
}

fn ada() -> User {
    row(Provider::auth0(), Some(5_000))
}

fn customer(user_id: Option<&str>) -> Customer {
    Customer {
        id: "cus_1".parse().unwrap(),
        user_id: user_id.map(str::to_owned),
        email: Some("ada@example.com ".to_owned()),
        name: None,
        created_at: at(6_000),
        on_test_clock: false,
    }
}

#[test]
fn each_class_is_told_by_what_stands_on_both_sides() {
    let id = ada().identity.user_id();
    let (own, other, unnamed) = (customer(Some(id.as_str())), customer(Some("somebody")), customer(None));
    let drifted = Customer { email: Some("eve@example.com".to_owned()), ..own.clone() };
    for (linked, naming, expected) in [
        (Linked::None, 0, vec![]),
        (Linked::None, 1, vec![LinkCause::MissingLink]),
        (Linked::None, 2, vec![LinkCause::Duplicate]),
        (Linked::There(&own), 0, vec![]),
        (Linked::There(&unnamed), 0, vec![]),
        (Linked::There(&own), 1, vec![LinkCause::Duplicate]),
        (Linked::There(&other), 0, vec![LinkCause::Conflict]),
        (Linked::There(&drifted), 0, vec![LinkCause::Drift]),
        (Linked::There(&drifted), 1, vec![LinkCause::Drift, LinkCause::Duplicate]),
        (Linked::Judged, 0, vec![]),
        (Linked::Judged, 1, vec![LinkCause::Duplicate]),
        (Linked::Gone, 0, vec![LinkCause::Dangling]),
        (Linked::Gone, 1, vec![LinkCause::Dangling, LinkCause::Duplicate]),
    ] {
        assert_eq!(link_causes(&ada(), linked, naming), expected, "{linked:?} {naming}");
    }
}

#[test]
fn an_address_differs_by_more_than_its_case_and_a_name_only_where_both_are_told() {
    let id = ada().identity.user_id();
    let own = customer(Some(id.as_str()));
    assert!(!drifts(&ada(), &own));
    assert!(drifts(&ada(), &Customer { email: None, ..own.clone() }), "receipts go nowhere");
    assert!(drifts(&ada(), &Customer { name: Some("Eve".to_owned()), ..own.clone() }));
    assert!(!drifts(&User { facts: Facts::default(), ..ada() }, &own), "what we do not know");
}

#[test]
fn a_customer_of_an_earlier_life_or_of_an_unknown_one_is_nobodys() {
    let id = ada().identity.user_id();
    let made = |millis| Customer { created_at: at(millis), ..customer(Some(id.as_str())) };
    assert_eq!(may_link(&ada(), &made(5_000)), Ok(()));
    assert_eq!(may_link(&ada(), &made(4_000)), Err(Unproven::EarlierLife));
    assert_eq!(may_link(&row(Provider::auth0(), None), &made(9_000)), Err(Unproven::LifeUnknown));
    let lifted = User { lives_since: Some(at(8_000)), ..ada() };
    assert_eq!(may_link(&lifted, &made(7_000)), Err(Unproven::EarlierLife));
    assert_eq!(may_link(&lifted, &made(8_000)), Ok(()));
}

#[test]
fn the_very_second_of_a_birth_is_doubtful_only_where_subjects_come_again() {
    let made = |row: &User| Customer { created_at: at(5_000), ..customer(Some(row.identity.user_id().as_str())) };
    let (auth0, clerk) = (row(Provider::auth0(), Some(5_400)), row(Provider::clerk(), Some(5_400)));
    assert_eq!(may_link(&auth0, &made(&auth0)), Err(Unproven::EarlierLife));
    assert_eq!(may_link(&clerk, &made(&clerk)), Ok(()));
    let before = Customer { created_at: at(4_000), ..made(&clerk) };
    assert_eq!(may_link(&clerk, &before), Err(Unproven::EarlierLife));
}

#[test]
fn what_is_shown_of_a_customer_is_no_address() {
    let shown = format!("{:?}", Customer { name: Some("canary".to_owned()), ..customer(None) });
    assert!(!shown.contains("canary") && !shown.contains("example.com"), "{shown}");
}
