//! Single fields of a body that we define ourselves.

use serde_json::{Map, Value};

use super::json::BadBody;

/// A text that is optional; `null` is absent.
pub(super) fn text(body: &Map<String, Value>, field: &str) -> Result<Option<String>, BadBody> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(BadBody::invalid(field, "a text")),
    }
}

/// A text that must be there, and not be empty.
pub(super) fn required<'a>(body: &'a Map<String, Value>, field: &str) -> Result<&'a str, BadBody> {
    match body.get(field) {
        None | Some(Value::Null) => Err(BadBody::missing(field)),
        Some(Value::String(text)) if text.is_empty() => Err(BadBody::missing(field)),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(BadBody::invalid(field, "a text")),
    }
}
