//! The body of `PUT /v1/users`, `upsertUser`: whose it is, what to set, what to clear.

use serde_json::Value;

use super::filter::auth_identity;
use super::json::{self, BadBody};
use crate::domain::{Fact, Facts, Identity, Patch};

/// What a service tells of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserUpsert {
    /// The user.
    pub identity: Identity,
    /// What to set and to clear.
    pub patch: Patch,
    /// Whether the body speaks of keys.
    pub public_key: Option<Value>,
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
        Ok(Self { identity, patch, public_key: body.get("publicKey").cloned() })
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
