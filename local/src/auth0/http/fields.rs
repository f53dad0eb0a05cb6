//! Which fields of a user an answer shows.

use super::asked::Asked;
use crate::auth0::field::Field;
use crate::auth0::json::Shown;
use crate::auth0::{Refused, User};

/// Which fields of a user are shown.
pub(super) struct Fields(Vec<Field>);

impl Default for Fields {
    fn default() -> Self {
        Self(Field::ALL.to_vec())
    }
}

impl Fields {
    pub(super) fn of_query(query: &str) -> Result<Self, Refused> {
        Ok(Asked::parse(query)?.fields)
    }

    /// All but those named, or those alone; all, when none is named.
    pub(super) fn of_names(names: &str, excluded: bool) -> Self {
        let mut fields = Self::default();
        if names.split(',').any(|name| !name.is_empty()) {
            fields.0.retain(|field| names.split(',').any(|name| name == field.name()) != excluded);
        }
        fields
    }

    pub(super) fn show<'a>(&'a self, user: &'a User) -> Shown<'a> {
        Shown { user, fields: &self.0 }
    }
}
