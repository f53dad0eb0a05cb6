//! What the Management API takes to create and to change.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::refused::Refused;
use crate::stand_in::change::Change;

/// The body of `POST /api/v2/users`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewUser {
    /// The connection's name; required by the API, the database where a caller of this library leaves it empty.
    pub connection: String,
    /// `provider|id`, or what follows the provider. Drawn, when absent.
    pub user_id: Option<String>,
    /// Required in database connections.
    pub email: Option<String>,
    /// False in database connections, when absent.
    pub email_verified: Option<bool>,
    /// In connections that have them.
    pub username: Option<String>,
    /// E.164.
    pub phone_number: Option<String>,
    /// Whether the number was verified.
    pub phone_verified: Option<bool>,
    /// The full name; the address, when absent.
    pub name: Option<String>,
    /// The address's first part, when absent.
    pub nickname: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// A URL.
    pub picture: Option<String>,
    /// Readable by the server only.
    pub app_metadata: Option<Map<String, Value>>,
    /// Writable by the user.
    pub user_metadata: Option<Map<String, Value>>,
    /// Barred from the start.
    pub blocked: Option<bool>,
    /// Taken, and forgotten.
    pub password: Option<String>,
    /// Taken, and not acted upon.
    pub verify_email: Option<bool>,
}

impl NewUser {
    /// Somebody in the database connection.
    pub fn person(email: &str, name: &str) -> Self {
        Self { email: Some(email.to_owned()), name: Some(name.to_owned()), ..Self::default() }
    }

    /// The same person with a subject of their own choosing, `provider|id`.
    pub fn with_id(self, user_id: &str) -> Self {
        Self { user_id: Some(user_id.to_owned()), ..self }
    }
}

/// The body of `PATCH /api/v2/users/{id}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserPatch {
    /// A new address is not verified, unless said.
    pub email: Change<String>,
    /// Whether the address is verified.
    pub email_verified: Option<bool>,
    /// In connections that have them.
    pub username: Change<String>,
    /// E.164.
    pub phone_number: Change<String>,
    /// Whether the number was verified.
    pub phone_verified: Option<bool>,
    /// The full name.
    pub name: Change<String>,
    /// What the user is called.
    pub nickname: Change<String>,
    /// Given name.
    pub given_name: Change<String>,
    /// Family name.
    pub family_name: Change<String>,
    /// A URL.
    pub picture: Change<String>,
    /// Merged at the first level; `null` removes.
    pub app_metadata: Change<Map<String, Value>>,
    /// Merged at the first level; `null` removes.
    pub user_metadata: Change<Map<String, Value>>,
    /// Barred or not.
    pub blocked: Option<bool>,
    /// A new one; taken, and forgotten.
    pub password: Option<String>,
    /// Taken, and not acted upon.
    pub connection: Option<String>,
    /// Taken, and not acted upon.
    pub client_id: Option<String>,
    /// Taken, and not acted upon.
    pub verify_email: Option<bool>,
    /// Taken, and not acted upon.
    pub verify_phone_number: Option<bool>,
}

/// Reads a body; what is wrong with it is said as Auth0 does, naming no values.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        let alien = text.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
        Refused::Body(match alien {
            Some((name, _)) => format!("Additional properties not allowed: {name}"),
            None => "Invalid type or missing property".to_owned(),
        })
    })
}
