//! Clerk's documented user, and odd ones.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::wire::odd_json::any_json;

const FIELDS: [&str; 9] = [
    "id",
    "first_name",
    "last_name",
    "username",
    "image_url",
    "email_addresses",
    "primary_email_address_id",
    "created_at",
    "updated_at",
];

fn documented() -> Value {
    json!({
        "object": "user", "id": "user_29w83sxmDNGwOuEthce5gg56FcC", "external_id": null, "username": null,
        "first_name": "Example", "last_name": "Person", "image_url": "https://img.clerk.com/xxx", "has_image": true,
        "primary_email_address_id": "idn_29w83yL7CwVlJXylYLxcslromF1",
        "email_addresses": [{
            "id": "idn_29w83yL7CwVlJXylYLxcslromF1", "object": "email_address", "email_address": "example@example.org",
            "reserved": false, "verification": {"object": "verification_otp", "status": "verified",
                "strategy": "email_code", "attempts": 1, "expire_at": 1_654_012_600_000_i64}, "linked_to": []
        }],
        "phone_numbers": [], "public_metadata": {}, "private_metadata": {}, "unsafe_metadata": {}, "banned": false,
        "created_at": 1_654_012_591_514_i64, "updated_at": 1_654_012_591_835_i64
    })
}

fn user(json: &Value) -> ClerkUser {
    ClerkUser::deserialize(json).unwrap()
}

fn with(fields: &[(&str, Value)]) -> ClerkUser {
    let mut json = documented();
    for (field, value) in fields {
        json[*field] = value.clone();
    }
    user(&json)
}

fn fact(user: &ClerkUser, fact: Fact) -> Option<String> {
    user.facts().text(fact).map(str::to_owned)
}

#[test]
fn the_documented_user_is_read_whole() {
    let user = user(&documented());
    let facts = user.facts();
    let expected = [
        (Fact::Email, "example@example.org"),
        (Fact::Name, "Example Person"),
        (Fact::FirstName, "Example"),
        (Fact::LastName, "Person"),
        (Fact::AvatarUrl, "https://img.clerk.com/xxx"),
        (Fact::VerifiedEmail, "example@example.org"),
    ];
    assert_eq!(facts.iter().collect::<Vec<_>>(), expected);
    assert_eq!(user.subject(), Some("user_29w83sxmDNGwOuEthce5gg56FcC"));
    let profile = user.profile(Timestamp::ZERO).unwrap();
    assert_eq!(profile.created_at().millis(), 1_654_012_591_514);
    assert_eq!(profile.version().updated_at.millis(), 1_654_012_591_835);
}

#[test]
fn seconds_are_read_as_well_as_milliseconds() {
    let user = with(&[("created_at", json!(1_654_012_591)), ("updated_at", json!(1_654_012_592.0))]);
    let profile = user.profile(Timestamp::ZERO).unwrap();
    assert_eq!(profile.created_at().millis(), 1_654_012_591_000);
    assert_eq!(profile.version().updated_at.millis(), 1_654_012_592_000);
}

#[test]
fn a_name_is_what_there_is_of_first_and_last() {
    for (first, last, expected) in [
        (json!("Ada"), json!("Lovelace"), Some("Ada Lovelace")),
        (json!("Ada"), Value::Null, Some("Ada")),
        (json!(""), json!("Lovelace"), Some("Lovelace")),
        (Value::Null, json!(5), None),
        (json!("👩🏽‍🚀"), json!("שלום"), Some("👩🏽‍🚀 שלום")),
    ] {
        assert_eq!(fact(&with(&[("first_name", first), ("last_name", last)]), Fact::Name).as_deref(), expected);
    }
}

#[test]
fn without_a_primary_address_there_is_none_and_never_another_of_the_list() {
    for odd in [Value::Null, json!(""), json!("idn_other"), json!(5)] {
        let user = with(&[("primary_email_address_id", odd)]);
        assert_eq!((fact(&user, Fact::Email), fact(&user, Fact::VerifiedEmail)), (None, None));
    }
    // Two absent ids are not the same id.
    let user = with(&[
        ("primary_email_address_id", Value::Null),
        ("email_addresses", json!([{"email_address": "a@example.org", "verification": {"status": "verified"}}])),
    ]);
    assert_eq!(fact(&user, Fact::Email), None);
}

#[test]
fn only_the_status_verified_vouches_for_an_address() {
    for verification in [
        Value::Null,
        json!({}),
        json!({"status": "unverified"}),
        json!({"status": "expired"}),
        json!({"status": true}),
        json!("verified"),
        json!(["verified"]),
    ] {
        let mut json = documented();
        json["email_addresses"][0]["verification"] = verification;
        let user = user(&json);
        assert_eq!(fact(&user, Fact::Email).as_deref(), Some("example@example.org"));
        assert_eq!(fact(&user, Fact::VerifiedEmail), None);
    }
}

#[test]
fn an_address_of_254_characters_is_kept() {
    let address = format!("{}@example.org", "a".repeat(242));
    let mut json = documented();
    json["email_addresses"][0]["email_address"] = json!(address);
    assert_eq!(fact(&user(&json), Fact::Email), Some(address));
}

proptest! {
    #[test]
    fn any_json_in_any_field_is_read(value in any_json(), at in 0..FIELDS.len()) {
        let mut json = documented();
        json[FIELDS[at]] = value;
        let by_value = user(&json);
        let by_bytes: ClerkUser = serde_json::from_slice(json.to_string().as_bytes()).unwrap();
        prop_assert_eq!(by_value.facts(), by_bytes.facts());
        prop_assert_eq!(by_value.profile(Timestamp::ZERO), by_bytes.profile(Timestamp::ZERO));
    }

    #[test]
    fn any_json_within_an_address_is_read(value in any_json(), at in 0..3_usize) {
        let mut json = documented();
        json["email_addresses"][0][["id", "email_address", "verification"][at]] = value;
        let _ = user(&json).facts();
    }
}
