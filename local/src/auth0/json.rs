//! A user as the Management API and the Action's event write it.

use serde_json::{Map, Value, json};

use super::user::{Identity, User};
use crate::stand_in::clock::iso;

fn set(object: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), value.into());
    }
}

impl User {
    /// The whole user; what is not set is absent.
    pub fn to_json(&self) -> Value {
        let mut it = self.facts();
        set(&mut it, "phone_number", self.phone_number.as_deref());
        set(&mut it, "phone_verified", self.phone_verified);
        set(&mut it, "app_metadata", self.app_metadata.clone());
        set(&mut it, "user_metadata", self.user_metadata.clone());
        set(&mut it, "blocked", self.blocked);
        set(&mut it, "last_login", self.last_login.map(iso));
        set(&mut it, "last_ip", self.last_ip.as_deref());
        set(&mut it, "logins_count", self.logins_count);
        set(&mut it, "last_password_reset", self.last_password_reset.map(iso));
        let identities: Vec<Value> = self.identities.iter().map(Identity::to_json).collect();
        set(&mut it, "identities", Some(identities));
        Value::Object(it)
    }

    /// Who this is, and since when: what the Action passes on of `event.user`.
    pub(super) fn facts(&self) -> Map<String, Value> {
        let mut it = self.profile();
        set(&mut it, "user_id", Some(self.user_id.as_str()));
        set(&mut it, "created_at", Some(iso(self.created_at)));
        set(&mut it, "updated_at", Some(iso(self.updated_at)));
        it
    }

    fn profile(&self) -> Map<String, Value> {
        let mut it = Map::new();
        set(&mut it, "email", self.email.as_deref());
        set(&mut it, "email_verified", self.email_verified);
        set(&mut it, "username", self.username.as_deref());
        set(&mut it, "name", self.name.as_deref());
        set(&mut it, "nickname", self.nickname.as_deref());
        set(&mut it, "given_name", self.given_name.as_deref());
        set(&mut it, "family_name", self.family_name.as_deref());
        set(&mut it, "picture", self.picture.as_deref());
        it
    }
}

impl Identity {
    /// An item of `identities[]`.
    pub fn to_json(&self) -> Value {
        let mut it = json!({
            "connection": self.connection,
            "user_id": self.user_id,
            "provider": self.provider,
            "isSocial": self.is_social,
        });
        if let (Some(linked), Some(it)) = (&self.linked, it.as_object_mut()) {
            it.insert("profileData".to_owned(), Value::Object(linked.profile()));
        }
        it
    }
}
