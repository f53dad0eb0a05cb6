//! What a line of the file says of a user: fields at the first level, or places deeper down.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::request::Named;
use crate::auth0::User;
use crate::auth0::field::Field;

/// A field of the file.
#[derive(Clone, Debug)]
pub(super) struct Column {
    title: String,
    from: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    Field(Field),
    /// `identities[0].connection` or `user_metadata.plan`, as a JSON pointer.
    Pointer(String),
}

impl Column {
    pub(super) fn of(named: &Named) -> Self {
        let title = named.export_as.as_ref().filter(|title| !title.is_empty());
        Self { title: title.unwrap_or(&named.name).clone(), ..Self::named(&named.name) }
    }

    pub(super) fn named(name: &str) -> Self {
        let pointer = || Origin::Pointer(format!("/{}", name.replace('[', "/").replace(']', "").replace('.', "/")));
        Self { title: name.to_owned(), from: Field::named(name).map_or_else(pointer, Origin::Field) }
    }
}

/// A line of the file, without its end. What is not set is absent.
pub(super) struct Line<'a> {
    pub(super) user: &'a User,
    pub(super) columns: &'a [Column],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut whole: Option<Value> = None;
        for Column { title, from } in self.columns {
            match from {
                Origin::Field(field) => self.user.entry(&mut map, title, *field)?,
                Origin::Pointer(pointer) => {
                    let whole = whole.get_or_insert_with(|| self.user.to_json());
                    if let Some(value) = whole.pointer(pointer) {
                        map.serialize_entry(title, value)?;
                    }
                }
            }
        }
        map.end()
    }
}
