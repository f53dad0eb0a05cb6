//! The body of `PUT /v1/users`, `upsertUser`: whose it is, what to set, what to clear.

use serde_json::{Map, Value};

use super::fields::public_key;
use super::filter::auth_identity;
use super::json::{self, BadBody};
use crate::domain::{Fact, Facts, Identity, Patch, PublicKey};

/// What a service tells of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserUpsert {
    /// The user.
    pub identity: Identity,
    /// What to set and to clear.
    pub patch: Patch,
    /// What becomes of the user's keys.
    pub keys: KeyChange,
}

/// What `publicKey` says: absent or empty, `null`, or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// They stay.
    Keep,
    /// All are unlinked.
    UnlinkAll,
    /// This key, and no other.
    Only(PublicKey),
}

/// The fields of the facts, each with its fact.
pub const FIELDS: [(&str, Fact); 7] = [
    ("email", Fact::Email),
    ("name", Fact::Name),
    ("firstName", Fact::FirstName),
    ("lastName", Fact::LastName),
    ("nickname", Fact::Nickname),
    ("username", Fact::Username),
    ("avatarUrl", Fact::AvatarUrl),
];

impl UserUpsert {
    /// Reads a body. An absent or empty text keeps what is there, `null` clears it.
    pub fn read(body: &[u8]) -> Result<Self, BadBody> {
        let body = json::object(body)?;
        let identity = auth_identity(&body)?;
        let (mut facts, mut cleared) = (Facts::default(), Vec::new());
        for (field, fact) in FIELDS {
            match body.get(field) {
                None => {}
                Some(Value::Null) => cleared.push(fact),
                Some(Value::String(text)) => facts.tell(fact, Some(text.clone())),
                Some(_) => return Err(BadBody::invalid(field, "a text, or null to clear it")),
            }
        }
        let patch = Patch::new(facts).clearing(cleared);
        Ok(Self { identity, patch, keys: key_change(&body)? })
    }
}

fn key_change(body: &Map<String, Value>) -> Result<KeyChange, BadBody> {
    match body.get("publicKey") {
        None => Ok(KeyChange::Keep),
        Some(Value::Null) => Ok(KeyChange::UnlinkAll),
        Some(Value::String(text)) if text.is_empty() => Ok(KeyChange::Keep),
        Some(Value::String(_)) => public_key(body, "publicKey").map(KeyChange::Only),
        Some(_) => Err(BadBody::invalid("publicKey", "a text, or null to unlink all")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<UserUpsert, BadBody> {
        UserUpsert::read(body.to_string().as_bytes())
    }

    #[test]
    fn absent_and_empty_keep_null_clears_and_a_text_sets() {
        let body = json!({"authProvider": "game", "authSubject": "a", "name": "Ann", "nickname": null, "email": ""});
        let patch = read(&body).map(|it| it.patch);
        let set = patch.as_ref().map(|patch| patch.facts().iter().map(|(fact, _)| fact).collect::<Vec<_>>());
        assert_eq!(set, Ok(vec![Fact::Name]));
        assert_eq!(patch.map(|patch| patch.cleared().collect()), Ok(vec![Fact::Nickname]));
    }

    #[test]
    fn keys_stay_go_or_are_this_one() {
        let with = |key: Value| read(&json!({"authProvider": "game", "authSubject": "a", "publicKey": key}));
        let change = |key: Value| with(key).map(|it| it.keys).map_err(|bad| bad.code);
        let address = "0xde709f2102306220921060314715629080e2fb77";
        assert_eq!(change(json!(null)), Ok(KeyChange::UnlinkAll));
        assert_eq!(change(json!("")), Ok(KeyChange::Keep));
        assert_eq!(Ok(change(json!(address))), address.parse().map(|key| Ok(KeyChange::Only(key))));
        assert_eq!(change(json!(["x"])), Err("field_invalid"));
        assert_eq!(change(json!("x")), Err("unsupported_key"));
    }

    #[test]
    fn each_bad_field_is_refused_with_its_code() {
        let whole = json!({"authProvider": "game", "authSubject": "a"});
        let with = |field: &str, value: Value| {
            let mut body = whole.clone();
            if let Some(body) = body.as_object_mut() {
                body.insert(field.to_owned(), value);
            }
            read(&body).map_or_else(|bad| bad.code, |_| "ok")
        };
        assert_eq!(with("other", json!(5)), "ok");
        for (field, _) in FIELDS {
            assert_eq!(with(field, json!(5)), "field_invalid", "{field}");
        }
        assert_eq!(with("authProvider", json!(null)), "field_missing");
        assert_eq!(with("authSubject", json!("")), "field_missing");
        assert_eq!(with("authSubject", json!([])), "field_invalid");
    }
}
