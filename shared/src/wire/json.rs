//! JSON as the doors take it: no key twice, 128 levels at the most, and errors that carry no value.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How deep a body may be nested.
const LEVELS: u32 = 128;

/// Why a body is refused. `code` is contract, `detail` is for the caller: it names fields, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct BadBody {
    /// The stable code.
    pub code: &'static str,
    /// What to mend.
    pub detail: String,
}

impl BadBody {
    /// A refusal.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// A field that must be there.
    pub fn missing(field: &str) -> Self {
        Self::new("field_missing", format!("{field} is required"))
    }

    /// A field that is not what it must be.
    pub fn invalid(field: &str, expected: &str) -> Self {
        Self::new("field_invalid", format!("{field} must be {expected}"))
    }
}

/// Reads a body whose outermost value must be an object.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, BadBody> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(BadBody::new("body_missing", "a JSON object is required"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    json.disable_recursion_limit();
    let read = Level(LEVELS).deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    match read {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(BadBody::new("json_malformed", "the body must be a JSON object")),
        Err(error) => Err(refusal(&error)),
    }
}

/// serde's own errors may quote what they met, so only our two are told apart.
fn refusal(error: &serde_json::Error) -> BadBody {
    let text = error.to_string();
    if text.starts_with(TWICE) {
        BadBody::new("json_duplicate_key", "a key is given twice in one object")
    } else if text.starts_with(DEEP) {
        BadBody::new("json_too_deep", "the body is nested deeper than 128 levels")
    } else {
        BadBody::new(
            "json_malformed",
            format!("the body is no valid JSON (line {}, column {})", error.line(), error.column()),
        )
    }
}

const TWICE: &str = "a key is given twice";
const DEEP: &str = "nested too deep";

/// A value that may hold this many levels.
struct Level(u32);

impl Level {
    fn deeper<E: Error>(&self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom(DEEP))
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(TWICE));
            }
            let value = entries.next_value_seed(self.deeper()?)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(body: &[u8]) -> &'static str {
        object(body).map_or_else(|bad| bad.code, |_| "ok")
    }

    fn nested(levels: usize) -> Vec<u8> {
        // The outermost object is the first level.
        format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1)).into_bytes()
    }

    #[test]
    fn each_kind_of_bad_body_has_its_code() {
        let cases: [(&[u8], &str); 11] = [
            (b"", "body_missing"),
            (b" \n", "body_missing"),
            (b"{", "json_malformed"),
            (b"{} {}", "json_malformed"),
            (b"[]", "json_malformed"),
            (b"null", "json_malformed"),
            (b"{\"a\":\"\xff\"}", "json_malformed"),
            (br#"{"a":"\ud800"}"#, "json_malformed"),
            (br#"{"a":1,"a":1}"#, "json_duplicate_key"),
            (br#"{"a":[{"b":1,"b":2}]}"#, "json_duplicate_key"),
            (br#"{"a":{"b":1},"b":1}"#, "ok"),
        ];
        for (body, expected) in cases {
            assert_eq!(code(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_hundred_and_twenty_eight_levels_are_read_and_no_more() {
        assert_eq!(code(&nested(128)), "ok");
        assert_eq!(code(&nested(129)), "json_too_deep");
        assert_eq!(code(&nested(10_000)), "json_too_deep");
    }

    #[test]
    fn no_error_repeats_what_the_body_held() {
        let bad = object(br#"{"canary": canary}"#).map_err(|bad| bad.detail);
        assert!(bad.is_err_and(|detail| !detail.contains("canary")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = object(&body);
        }
    }
}
