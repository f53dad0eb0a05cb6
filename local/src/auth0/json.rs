//! A user as the Management API and the Action's event write it, straight from the fields.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::field::Field;
use super::identities::Identities;
use super::user::User;
use crate::stand_in::clock::iso;

/// Some fields of a user; what is not set is absent.
pub(super) struct Shown<'a> {
    pub(super) user: &'a User,
    pub(super) fields: &'a [Field],
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in self.fields {
            self.user.entry(&mut map, field.name(), *field)?;
        }
        map.end()
    }
}

impl User {
    /// The whole user; what is not set is absent.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(Shown { user: self, fields: Field::ALL }).unwrap_or_default()
    }

    /// Who this is, and since when: what the Action passes on of `event.user`.
    pub(super) fn facts(&self) -> Value {
        serde_json::to_value(Shown { user: self, fields: Field::FACTS }).unwrap_or_default()
    }

    /// Writes a field under `name`, if it is set.
    pub(super) fn entry<M: SerializeMap>(&self, map: &mut M, name: &str, field: Field) -> Result<(), M::Error> {
        match field {
            Field::UserId => map.serialize_entry(name, &self.user_id),
            Field::Email => given(map, name, self.email.as_ref()),
            Field::EmailVerified => given(map, name, self.email_verified),
            Field::Username => given(map, name, self.username.as_ref()),
            Field::Name => given(map, name, self.name.as_ref()),
            Field::Nickname => given(map, name, self.nickname.as_ref()),
            Field::GivenName => given(map, name, self.given_name.as_ref()),
            Field::FamilyName => given(map, name, self.family_name.as_ref()),
            Field::Picture => given(map, name, self.picture.as_ref()),
            Field::CreatedAt => map.serialize_entry(name, &iso(self.created_at)),
            Field::UpdatedAt => map.serialize_entry(name, &iso(self.updated_at)),
            Field::PhoneNumber => given(map, name, self.phone_number.as_ref()),
            Field::PhoneVerified => given(map, name, self.phone_verified),
            Field::AppMetadata => given(map, name, self.app_metadata.as_ref()),
            Field::UserMetadata => given(map, name, self.user_metadata.as_ref()),
            Field::Blocked => given(map, name, self.blocked),
            Field::LastLogin => given(map, name, self.last_login.map(iso)),
            Field::LastIp => given(map, name, self.last_ip.as_ref()),
            Field::LoginsCount => given(map, name, self.logins_count),
            Field::LastPasswordReset => given(map, name, self.last_password_reset.map(iso)),
            Field::Identities => map.serialize_entry(name, &Identities(&self.identities)),
        }
    }
}

fn given<M: SerializeMap>(map: &mut M, name: &str, value: Option<impl Serialize>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, &value))
}
