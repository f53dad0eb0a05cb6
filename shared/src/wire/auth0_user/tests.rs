//! Auth0's documented user, and odd ones.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::wire::odd_json::any_json;

fn documented() -> Value {
    json!({
        "user_id": "auth0|507f1f77bcf86cd799439020", "email": "john.doe@gmail.com", "email_verified": false,
        "username": "johndoe", "phone_number": "+199999999999999", "phone_verified": false,
        "created_at": "2025-02-02T17:56:01.566Z", "updated_at": "2025-02-02T17:56:02.566Z",
        "identities": [{"connection": "Username-Password-Authentication", "user_id": "507f1f77bcf86cd799439020",
            "provider": "auth0", "isSocial": false}],
        "app_metadata": {}, "user_metadata": {}, "picture": "https://example.com/p.png", "name": "John Doe",
        "nickname": "Johnny", "given_name": "John", "family_name": "Doe", "multifactor": ["guardian"],
        "last_ip": "::1", "last_login": "2025-02-02T17:56:01.566Z", "logins_count": 1, "blocked": true
    })
}

fn user(json: &Value) -> Auth0User {
    Auth0User::deserialize(json).unwrap()
}

fn with(field: &str, value: Value) -> Auth0User {
    let mut json = documented();
    json[field] = value;
    user(&json)
}

fn fact(user: &Auth0User, fact: Fact) -> Option<String> {
    user.facts().text(fact).map(str::to_owned)
}

#[test]
fn the_documented_user_is_read_whole() {
    let user = user(&documented());
    let facts = user.facts();
    let expected = [
        (Fact::Email, "john.doe@gmail.com"),
        (Fact::Name, "John Doe"),
        (Fact::FirstName, "John"),
        (Fact::LastName, "Doe"),
        (Fact::Nickname, "Johnny"),
        (Fact::Username, "johndoe"),
        (Fact::AvatarUrl, "https://example.com/p.png"),
    ];
    assert_eq!(facts.iter().collect::<Vec<_>>(), expected);
    assert_eq!(user.subject(), Some("auth0|507f1f77bcf86cd799439020"));
    assert_eq!(user.named_identities().count(), 0);
    let profile = user.profile(Timestamp::ZERO).unwrap();
    assert_eq!(profile.created_at().millis(), 1_738_518_961_566);
    assert_eq!(profile.version().updated_at.millis(), 1_738_518_962_566);
}

#[test]
fn each_field_that_is_asked_for_is_there_in_the_documented_user() {
    let documented = documented();
    assert!(Auth0User::FIELDS.split(',').all(|field| documented.get(field).is_some()));
}

#[test]
fn a_missing_name_is_the_nickname() {
    for odd in [Value::Null, json!(""), json!(5)] {
        assert_eq!(fact(&with("name", odd), Fact::Name).as_deref(), Some("Johnny"));
    }
}

#[test]
fn an_address_is_vouched_for_by_yes_alone() {
    for (verified, expected) in [
        (json!(true), Some("john.doe@gmail.com")),
        (json!("true"), Some("john.doe@gmail.com")),
        (json!("false"), None),
        (json!(1), None),
        (Value::Null, None),
    ] {
        assert_eq!(fact(&with("email_verified", verified), Fact::VerifiedEmail).as_deref(), expected);
    }
    let nameless = user(&json!({"user_id": "sms|1", "email_verified": true}));
    assert_eq!(nameless.facts(), Facts::default());
}

#[test]
fn linked_accounts_are_named_whatever_their_ids_are() {
    let user = with(
        "identities",
        json!([
            {"provider": "auth0", "user_id": "507f1f77bcf86cd799439020"},
            {"provider": "google-oauth2", "user_id": 115_015_401_343_387_192_i64},
            {"provider": "samlp", "user_id": "acme|x|y"},
            {"provider": "github"}, {"user_id": "5"}, {"provider": null, "user_id": []}, "junk"
        ]),
    );
    let named: Vec<String> = user.named_identities().collect();
    assert_eq!(named, ["google-oauth2|115015401343387192", "samlp|acme|x|y"]);
}

#[test]
fn a_user_without_readable_times_has_facts_but_no_profile() {
    for odd in [Value::Null, json!("yesterday"), json!(1_654_012_591_514_i64), json!({"$date": 5})] {
        for field in ["created_at", "updated_at"] {
            let user = with(field, odd.clone());
            assert!(user.profile(Timestamp::ZERO).is_none(), "{field} {odd}");
            assert!(user.facts().text(Fact::Email).is_some());
        }
    }
}

#[test]
fn emoji_and_right_to_left_texts_come_through_bytes_unchanged() {
    let name = "👩🏽‍🚀 שלום \u{202e}abc\u{202c} مرحبا";
    let json = json!({"user_id": "oauth2|a|b#c/d%e?f", "name": name}).to_string();
    let user: Auth0User = serde_json::from_slice(json.as_bytes()).unwrap();
    assert_eq!((user.subject(), fact(&user, Fact::Name).as_deref()), (Some("oauth2|a|b#c/d%e?f"), Some(name)));
}

proptest! {
    #[test]
    fn any_json_in_any_field_is_read(value in any_json(), at in 0..12_usize) {
        let mut json = documented();
        json[Auth0User::FIELDS.split(',').nth(at).unwrap()] = value;
        let by_value = user(&json);
        let by_bytes: Auth0User = serde_json::from_slice(json.to_string().as_bytes()).unwrap();
        prop_assert_eq!(by_value.facts(), by_bytes.facts());
        prop_assert_eq!(by_value.profile(Timestamp::ZERO), by_bytes.profile(Timestamp::ZERO));
        prop_assert!(by_value.named_identities().eq(by_bytes.named_identities()));
    }
}
