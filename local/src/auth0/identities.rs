//! `identities[]` as the Management API writes it.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::field::Field;
use super::json::Shown;
use super::user::Identity;

/// All ways in which a user logs in.
pub(super) struct Identities<'a>(pub(super) &'a [Identity]);

impl Serialize for Identities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Told))
    }
}

struct Told<'a>(&'a Identity);

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("connection", &self.0.connection)?;
        map.serialize_entry("user_id", &self.0.user_id)?;
        map.serialize_entry("provider", &self.0.provider)?;
        map.serialize_entry("isSocial", &self.0.is_social)?;
        if let Some(user) = self.0.linked.as_deref() {
            map.serialize_entry("profileData", &Shown { user, fields: Field::PROFILE })?;
        }
        map.end()
    }
}

impl Identity {
    /// An item of `identities[]`.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(Told(self)).unwrap_or_default()
    }
}
