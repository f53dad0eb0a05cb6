//! Reading request bodies: Clerk refuses fields that it does not know.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::refused::Refused;

/// What `POST /v1/users` knows; more than [`NewUser`] keeps a trace of.
pub(super) const NEW_USER: &[&str] = &[
    "external_id",
    "first_name",
    "last_name",
    "locale",
    "email_address",
    "email_address_identification_status",
    "phone_number",
    "phone_number_identification_status",
    "web3_wallet",
    "username",
    "password",
    "password_digest",
    "password_hasher",
    "skip_password_checks",
    "skip_password_requirement",
    "totp_secret",
    "backup_codes",
    "public_metadata",
    "private_metadata",
    "unsafe_metadata",
    "delete_self_enabled",
    "legal_accepted_at",
    "skip_legal_checks",
    "skip_user_requirement",
    "create_organization_enabled",
    "create_organizations_limit",
    "created_at",
    "bypass_client_trust",
    "banned",
    "locked",
];

/// What `PATCH /v1/users/{id}` knows in version 2026-05-12.
pub(super) const USER_PATCH: &[&str] = &[
    "external_id",
    "first_name",
    "last_name",
    "locale",
    "primary_email_address_id",
    "notify_primary_email_address_changed",
    "primary_phone_number_id",
    "primary_web3_wallet_id",
    "username",
    "profile_image_id",
    "password",
    "password_digest",
    "password_hasher",
    "skip_password_checks",
    "sign_out_of_other_sessions",
    "totp_secret",
    "backup_codes",
    "delete_self_enabled",
    "create_organization_enabled",
    "legal_accepted_at",
    "skip_legal_checks",
    "create_organizations_limit",
    "created_at",
    "bypass_client_trust",
];

/// What it knew before.
pub(super) const METADATA: &[&str] = &["public_metadata", "private_metadata", "unsafe_metadata"];

/// Reads a body that may have the fields `known` (and `also`), and no others.
pub(super) fn read<T: DeserializeOwned>(body: &[u8], known: &[&str], also: &[&str]) -> Result<T, Refused> {
    let fields: Map<String, Value> = serde_json::from_slice(body).map_err(|_| Refused::Body)?;
    let alien = fields.keys().find(|name| !known.contains(&name.as_str()) && !also.contains(&name.as_str()));
    if let Some(name) = alien {
        return Err(Refused::Unknown(name.clone()));
    }
    serde_json::from_value(Value::Object(fields)).map_err(|_| Refused::Body)
}
