//! One claim wrong at a time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::domain::Fact;

const NOW: i64 = 1_770_000_000;

fn auth0_rules() -> Rules {
    Rules::Auth0 { audiences: vec!["https://api.example".to_owned(), "other".to_owned()] }
}

fn clerk_rules(parties: &[&str]) -> Rules {
    Rules::Clerk { parties: parties.iter().map(|party| (*party).to_owned()).collect() }
}

fn auth0_claims() -> Value {
    json!({"sub": "auth0|a", "aud": ["https://t.auth0.com/userinfo", "https://api.example"], "iat": NOW, "exp": NOW + 60})
}

fn clerk_claims() -> Value {
    json!({"sub": "user_1", "azp": "https://app.example", "sts": "active", "iat": NOW, "nbf": NOW - 10, "exp": NOW + 60})
}

fn judge(claims: &Value, rules: &Rules, seconds: f64) -> Result<Visitor, Refusal> {
    #[expect(clippy::cast_possible_truncation, reason = "whole ms")]
    let now = Timestamp::from_millis((seconds * 1000.0) as i64).unwrap();
    visitor(claims.as_object().unwrap(), rules, now)
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut changed = claims.clone();
    changed.as_object_mut().unwrap().insert(name.to_owned(), value);
    changed
}

fn refusal(claims: &Value, rules: &Rules) -> Option<Refusal> {
    judge(claims, rules, 1_770_000_000.0).err()
}

#[test]
fn a_right_token_is_its_subject() {
    let visitor = judge(&auth0_claims(), &auth0_rules(), 1_770_000_001.0).unwrap();
    assert_eq!(visitor.identity, Identity::new(Provider::auth0(), "auth0|a").unwrap());
    let visitor = judge(&clerk_claims(), &clerk_rules(&["https://app.example"]), 1_770_000_001.0).unwrap();
    assert_eq!(visitor.identity, Identity::new(Provider::clerk(), "user_1").unwrap());
    assert!(!visitor.impersonated);
}

#[test]
fn five_seconds_of_skew_are_borne_on_both_sides_and_no_more() {
    let claims = with(&auth0_claims(), "nbf", json!(NOW));
    for (now, right) in [(-5.0, true), (-5.001, false), (64.999, true), (65.0, false)] {
        let judged = judge(&claims, &auth0_rules(), 1_770_000_000.0 + now);
        assert_eq!(judged.err(), if right { None } else { Some(Refusal::Time) }, "{now}");
    }
    let issued_later = with(&auth0_claims(), "iat", json!(NOW + 6));
    assert_eq!(refusal(&issued_later, &auth0_rules()), Some(Refusal::Time));
}

#[test]
fn a_time_that_is_missing_or_none_is_refused() {
    let mut endless = auth0_claims();
    endless.as_object_mut().unwrap().remove("exp");
    assert_eq!(refusal(&endless, &auth0_rules()), Some(Refusal::Time));
    for odd in [json!("1770000060"), json!(null), json!(-1), json!(1e300), json!([])] {
        assert_eq!(refusal(&with(&auth0_claims(), "exp", odd), &auth0_rules()), Some(Refusal::Time));
    }
    assert_eq!(refusal(&with(&auth0_claims(), "nbf", json!("soon")), &auth0_rules()), Some(Refusal::Time));
}

#[test]
fn auth0s_token_must_be_meant_for_us() {
    for (audience, right) in [
        (json!("https://api.example"), true),
        (json!(["other"]), true),
        (json!("https://api.example/"), false),
        (json!(["https://t.auth0.com/userinfo"]), false),
        (json!([]), false),
        (json!(null), false),
        (json!({"https://api.example": 1}), false),
    ] {
        let judged = refusal(&with(&auth0_claims(), "aud", audience.clone()), &auth0_rules());
        assert_eq!(judged, if right { None } else { Some(Refusal::Audience) }, "{audience}");
    }
}

#[test]
fn a_machine_is_no_user() {
    for grant in [json!("client-credentials"), json!(["client_credentials"])] {
        assert_eq!(refusal(&with(&auth0_claims(), "gty", grant), &auth0_rules()), Some(Refusal::Machine));
    }
    assert_eq!(refusal(&with(&auth0_claims(), "sub", json!("abc@clients")), &auth0_rules()), Some(Refusal::Machine));
    assert_eq!(refusal(&with(&auth0_claims(), "gty", json!("password")), &auth0_rules()), None);
    for subject in ["mch_1", "user_", "org_1", ""] {
        let claims = with(&clerk_claims(), "sub", json!(subject));
        assert_eq!(refusal(&claims, &clerk_rules(&[])), Some(Refusal::Subject), "{subject}");
    }
}

#[test]
fn clerks_token_must_be_of_a_begun_session_and_of_an_authorised_origin() {
    assert_eq!(refusal(&with(&clerk_claims(), "sts", json!("pending")), &clerk_rules(&[])), Some(Refusal::Pending));
    assert_eq!(refusal(&clerk_claims(), &clerk_rules(&["https://other.example"])), Some(Refusal::Party));
    let without = with(&clerk_claims(), "azp", json!(null));
    assert_eq!(refusal(&without, &clerk_rules(&["https://app.example"])), Some(Refusal::Party));
    assert_eq!(refusal(&without, &clerk_rules(&[])), None);
}

#[test]
fn whoever_acts_for_another_is_told_apart() {
    let acting = with(&clerk_claims(), "act", json!({"sub": "user_support"}));
    assert!(judge(&acting, &clerk_rules(&[]), 1_770_000_001.0).unwrap().impersonated);
    let odd = with(&clerk_claims(), "act", json!("user_support"));
    assert!(judge(&odd, &clerk_rules(&[]), 1_770_000_001.0).unwrap().impersonated);
}

#[test]
fn what_a_token_says_of_a_person_is_mapped_as_their_provider_maps_it() {
    let claims = with(&auth0_claims(), "nickname", json!("ann"));
    let facts = judge(&claims, &auth0_rules(), 1_770_000_001.0).unwrap().facts;
    assert_eq!((facts.text(Fact::Name), facts.text(Fact::Email)), (Some("ann"), None));
}
