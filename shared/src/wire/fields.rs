//! Single fields of a body that we define ourselves.

use serde_json::{Map, Value};

use super::json::BadBody;
use crate::domain::{PublicKey, PublicKeyError, StripeCustomer, StripeCustomerError, UserId};

/// A text that is optional; `null` is absent.
pub fn text(body: &Map<String, Value>, field: &str) -> Result<Option<String>, BadBody> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(BadBody::invalid(field, "a text")),
    }
}

/// A text that must be there, and not be empty.
pub fn required<'a>(body: &'a Map<String, Value>, field: &str) -> Result<&'a str, BadBody> {
    match body.get(field) {
        None | Some(Value::Null) => Err(BadBody::missing(field)),
        Some(Value::String(text)) if text.is_empty() => Err(BadBody::missing(field)),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(BadBody::invalid(field, "a text")),
    }
}

/// A user's id.
pub fn user_id(body: &Map<String, Value>, field: &str) -> Result<UserId, BadBody> {
    let expected = "an id of ours: usr_ and 26 of a to z and 2 to 7";
    UserId::parse(required(body, field)?).ok_or_else(|| BadBody::invalid(field, expected))
}

/// A public key, as wallets spell it.
pub fn public_key(body: &Map<String, Value>, field: &str) -> Result<PublicKey, BadBody> {
    let read = |error: PublicKeyError| BadBody::new("unsupported_key", format!("{field}: {error}"));
    required(body, field)?.parse().map_err(read)
}

/// A Stripe customer.
pub fn stripe_customer(body: &Map<String, Value>, field: &str) -> Result<StripeCustomer, BadBody> {
    let read = |error: StripeCustomerError| BadBody::new("field_invalid", format!("{field}: {error}"));
    required(body, field)?.parse().map_err(read)
}

/// The fields of an invocation.
pub fn invoked(event: Value) -> Result<Map<String, Value>, BadBody> {
    match event {
        Value::Object(fields) => Ok(fields),
        _ => Err(BadBody::new("json_malformed", "the payload must be a JSON object")),
    }
}
