//! A user as Clerk keeps it, as far as it can differ from one user to the next.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A user. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent switches of Clerk's")]
pub struct User {
    /// `user_…`.
    pub id: String,
    /// The customer's own identifier.
    pub external_id: Option<String>,
    /// Unique.
    pub username: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Such as `en-US`.
    pub locale: Option<String>,
    /// All of the addresses.
    pub email_addresses: Vec<EmailAddress>,
    /// The identifier of one of them.
    pub primary_email_address_id: Option<String>,
    /// Readable by the client.
    pub public_metadata: Map<String, Value>,
    /// Readable by the server only.
    pub private_metadata: Map<String, Value>,
    /// Writable by the client.
    pub unsafe_metadata: Map<String, Value>,
    /// Whether there is a password.
    pub password_enabled: bool,
    /// When it was set.
    pub password_last_updated_at: Option<i64>,
    /// Whether one-time codes from an app are set up.
    pub totp_enabled: bool,
    /// Whether backup codes are.
    pub backup_code_enabled: bool,
    /// Barred from signing in.
    pub banned: bool,
    /// May delete the own account.
    pub delete_self_enabled: bool,
    /// May create organizations.
    pub create_organization_enabled: bool,
    /// How many; none means no limit.
    pub create_organizations_limit: Option<i64>,
    /// Skips Device Trust.
    pub bypass_client_trust: bool,
    /// When the terms were accepted.
    pub legal_accepted_at: Option<i64>,
    /// The last sign-in.
    pub last_sign_in_at: Option<i64>,
    /// The last activity, by the day.
    pub last_active_at: Option<i64>,
    /// An administrator may set it.
    pub created_at: i64,
    /// Moves with each change.
    pub updated_at: i64,
}

/// An e-mail address of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmailAddress {
    /// `idn_…`.
    pub id: String,
    /// In lower case.
    pub email_address: String,
    /// Whether its owner was proved.
    pub verified: bool,
    /// Kept for this user though not verified.
    pub reserved: bool,
    /// In milliseconds.
    pub created_at: i64,
    /// In milliseconds.
    pub updated_at: i64,
}

impl User {
    /// The primary address, if one is set.
    pub fn primary_email(&self) -> Option<&EmailAddress> {
        let primary = self.primary_email_address_id.as_deref()?;
        self.email_addresses.iter().find(|email| email.id == primary)
    }
}
