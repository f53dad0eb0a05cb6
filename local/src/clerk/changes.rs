//! What the Backend API takes to create and to change.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::stand_in::change::Change;
use crate::stand_in::clock;

/// The body of `POST /v1/users`, as far as it leaves a trace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewUser {
    /// The first one becomes primary.
    pub email_address: Vec<String>,
    /// `verified` or `reserved`, one for each address; all are verified without it.
    pub email_address_identification_status: Vec<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Unique.
    pub username: Option<String>,
    /// Unique.
    pub external_id: Option<String>,
    /// Such as `en-US`.
    pub locale: Option<String>,
    /// At least 8 characters; only that there is one is kept.
    pub password: Option<String>,
    /// Instead of a password.
    pub password_digest: Option<String>,
    /// Barred from the start.
    pub banned: Option<bool>,
    /// No rules for the password.
    pub skip_password_checks: Option<bool>,
    /// See [`super::User`].
    pub public_metadata: Map<String, Value>,
    /// See [`super::User`].
    pub private_metadata: Map<String, Value>,
    /// See [`super::User`].
    pub unsafe_metadata: Map<String, Value>,
    /// Milliseconds; RFC 3339 in JSON.
    #[serde(deserialize_with = "moment")]
    pub created_at: Option<i64>,
    /// Milliseconds; RFC 3339 in JSON.
    #[serde(deserialize_with = "moment")]
    pub legal_accepted_at: Option<i64>,
}

impl NewUser {
    /// Somebody with one address and two names.
    pub fn person(email: &str, first_name: &str, last_name: &str) -> Self {
        Self {
            email_address: vec![email.to_owned()],
            first_name: Some(first_name.to_owned()),
            last_name: Some(last_name.to_owned()),
            ..Self::default()
        }
    }
}

/// The body of `PATCH /v1/users/{id}`, as far as it leaves a trace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct UserPatch {
    /// Given name.
    pub first_name: Change<String>,
    /// Family name.
    pub last_name: Change<String>,
    /// `null` and `""` remove it.
    pub username: Change<String>,
    /// Unique.
    pub external_id: Change<String>,
    /// Such as `en-US`.
    pub locale: Change<String>,
    /// A verified address of this user.
    pub primary_email_address_id: Option<String>,
    /// Milliseconds; RFC 3339 in JSON.
    #[serde(deserialize_with = "moment")]
    pub created_at: Option<i64>,
    /// A new one.
    pub password: Option<String>,
    /// May delete the own account.
    pub delete_self_enabled: Option<bool>,
    /// May create organizations.
    pub create_organization_enabled: Option<bool>,
    /// How many.
    pub create_organizations_limit: Change<i64>,
    /// Skips Device Trust.
    pub bypass_client_trust: Option<bool>,
    /// Replaces all; only in versions before 2026-05-12.
    pub public_metadata: Option<Map<String, Value>>,
    /// Replaces all; only in versions before 2026-05-12.
    pub private_metadata: Option<Map<String, Value>>,
    /// Replaces all; only in versions before 2026-05-12.
    pub unsafe_metadata: Option<Map<String, Value>>,
}

/// The body of `POST /v1/email_addresses`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewEmail {
    /// Whose it will be.
    pub user_id: String,
    /// Unique.
    pub email_address: String,
    /// Verified from the start.
    pub verified: Option<bool>,
    /// Primary from the start; the first address of a user is, anyway.
    pub primary: Option<bool>,
}

/// The body of `PATCH /v1/email_addresses/{id}`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EmailPatch {
    pub(super) verified: Option<bool>,
    pub(super) primary: Option<bool>,
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spelled {
        Millis(i64),
        Text(String),
    }
    match Option::<Spelled>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Spelled::Millis(ms)) => Ok(Some(ms)),
        Some(Spelled::Text(text)) => {
            clock::parse(&text).map(Some).ok_or_else(|| serde::de::Error::custom("not a time"))
        }
    }
}
