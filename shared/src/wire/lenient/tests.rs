//! What each kind of field makes of any JSON.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::wire::odd_json::any_json;

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> T {
    serde_json::from_str(json).unwrap()
}

#[test]
fn texts_are_kept_and_all_else_is_absent() {
    assert_eq!(read::<Text>(r#""ünï 🧬 שלום""#).text(), Some("ünï 🧬 שלום"));
    for odd in ["null", "\"\"", "5", "-5", "1.5", "true", "[\"a\"]", r#"{"a":{"b":[1]}}"#, "18446744073709551615"] {
        assert_eq!(read::<Text>(odd).text(), None, "{odd}");
    }
}

#[test]
fn flags_may_be_written_as_texts() {
    for (json, expected) in [("true", true), ("\"true\"", true), ("\"false\"", false), ("1", false), ("null", false)] {
        assert_eq!(read::<Flag>(json).is_set(), expected, "{json}");
    }
}

#[test]
fn whole_numbers_may_be_written_as_floats_but_not_past_what_floats_can_hold() {
    for (json, expected) in [
        ("5", Some(5)),
        ("-5", Some(-5)),
        ("5.0", Some(5)),
        ("1.6540125915e12", Some(1_654_012_591_500)),
        ("5.5", None),
        ("1e300", None),
        ("9007199254740992.0", None),
        ("18446744073709551615", None),
        ("\"5\"", None),
    ] {
        assert_eq!(read::<Whole>(json).number(), expected, "{json}");
    }
}

#[test]
fn identifiers_are_texts_or_whole_numbers() {
    for (json, expected) in [
        ("\"507f\"", Some("507f")),
        ("12345678901234567", Some("12345678901234567")),
        ("123456789012345678901234567890", None),
        ("null", None),
    ] {
        assert_eq!(read::<TextOrNumber>(json).text(), expected, "{json}");
    }
}

#[test]
fn lists_pass_over_what_is_no_object() {
    #[derive(Deserialize, Default)]
    struct Thing {
        #[serde(default)]
        id: Text,
    }
    let list: List<Thing> = read(r#"[{"id":"a"},5,null,["b"],{"id":7},{}]"#);
    assert_eq!(list.iter().map(|thing| thing.id.text()).collect::<Vec<_>>(), [Some("a"), None, None]);
    assert_eq!(read::<List<Thing>>(r#"{"id":"a"}"#).iter().count(), 0);
    assert!(read::<Object<Thing>>(r#"["a"]"#).object().is_none());
}

#[test]
fn what_is_absent_is_read_to_its_end() {
    let both: (Text, Text) = read(r#"[{"a":[1,{"b":null}]},"next"]"#);
    assert_eq!(both.1.text(), Some("next"));
}

proptest! {
    #[test]
    fn nothing_fails_and_all_ways_of_reading_agree(value in any_json()) {
        let text = json!([value]).to_string();
        let value = serde_json::from_str::<Value>(&text).unwrap();
        macro_rules! agree {
            ($($kind:ty),*) => {$(
                let read: [$kind; 1] = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(&<[$kind; 1]>::deserialize(&value).unwrap(), &read);
                prop_assert_eq!(&serde_json::from_value::<[$kind; 1]>(value.clone()).unwrap(), &read);
            )*};
        }
        agree!(Text, Flag, Whole, TextOrNumber, Object<Value>, List<Value>);
    }
}
