//! A user as Auth0 keeps it. What is not set is absent, never null.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A user. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// `provider|id`.
    pub user_id: String,
    /// In lower case in database connections.
    pub email: Option<String>,
    /// Absent until said.
    pub email_verified: Option<bool>,
    /// In connections that have them.
    pub username: Option<String>,
    /// E.164.
    pub phone_number: Option<String>,
    /// Absent until said.
    pub phone_verified: Option<bool>,
    /// The full name; the address where none was given.
    pub name: Option<String>,
    /// The address's first part where none was given.
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
    /// Absent until said.
    pub blocked: Option<bool>,
    /// The last login.
    pub last_login: Option<i64>,
    /// Where that came from.
    pub last_ip: Option<String>,
    /// Absent until the first login.
    pub logins_count: Option<u64>,
    /// The last change of password.
    pub last_password_reset: Option<i64>,
    /// When this life began.
    pub created_at: i64,
    /// Moves with each change and each login.
    pub updated_at: i64,
    /// The own one first, linked ones after it.
    pub identities: Vec<Identity>,
}

/// One way for a user to log in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// The connection's name.
    pub connection: String,
    /// What comes before the `|` of the user's identifier.
    pub provider: String,
    /// What comes after it.
    pub user_id: String,
    /// Whether the provider is a social one.
    pub is_social: bool,
    /// The account that was linked; nothing in the own identity.
    pub linked: Option<Box<User>>,
}

/// The connection of Auth0's own database.
pub(super) const DATABASE: &str = "Username-Password-Authentication";

impl Identity {
    /// `provider|id`.
    pub fn full_id(&self) -> String {
        format!("{}|{}", self.provider, self.user_id)
    }

    /// The identity that a user identifier spells, in a connection.
    pub(super) fn own(connection: &str, full_id: &str) -> Self {
        let (provider, user_id) = full_id.split_once('|').unwrap_or(("auth0", full_id));
        Self {
            connection: connection.to_owned(),
            provider: provider.to_owned(),
            user_id: user_id.to_owned(),
            is_social: !matches!(provider, "auth0" | "email" | "sms" | "samlp" | "ad" | "waad" | "oidc"),
            linked: None,
        }
    }
}

impl User {
    /// The connection that the user came by.
    pub(super) fn connection(&self) -> &str {
        self.identities.first().map_or(DATABASE, |own| &own.connection)
    }
}
