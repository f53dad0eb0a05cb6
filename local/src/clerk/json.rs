//! A user as Clerk's API and webhooks write it, straight from the fields: all of the specification, nulls included.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::user::{EmailAddress, User};

/// The `User` of the specification.
pub(super) struct Told<'a>(pub(super) &'a User);

/// What nobody has here.
const NONE: Option<()> = None;
const EMPTY: [(); 0] = [];

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(it) = self;
        let image = format!("https://img.clerk.com/{}", it.id);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &it.id)?;
        map.serialize_entry("object", "user")?;
        map.serialize_entry("external_id", &it.external_id)?;
        map.serialize_entry("username", &it.username)?;
        map.serialize_entry("first_name", &it.first_name)?;
        map.serialize_entry("last_name", &it.last_name)?;
        map.serialize_entry("locale", &it.locale)?;
        map.serialize_entry("image_url", &image)?;
        map.serialize_entry("profile_image_url", &image)?;
        map.serialize_entry("has_image", &false)?;
        map.serialize_entry("primary_email_address_id", &it.primary_email_address_id)?;
        map.serialize_entry("primary_phone_number_id", &NONE)?;
        map.serialize_entry("primary_web3_wallet_id", &NONE)?;
        map.serialize_entry("email_addresses", &Emails(&it.email_addresses))?;
        for name in
            ["phone_numbers", "web3_wallets", "passkeys", "external_accounts", "saml_accounts", "enterprise_accounts"]
        {
            map.serialize_entry(name, &EMPTY)?;
        }
        map.serialize_entry("public_metadata", &it.public_metadata)?;
        map.serialize_entry("private_metadata", &it.private_metadata)?;
        map.serialize_entry("unsafe_metadata", &it.unsafe_metadata)?;
        switches_and_times(&mut map, it)?;
        map.end()
    }
}

fn switches_and_times<M: SerializeMap>(map: &mut M, it: &User) -> Result<(), M::Error> {
    map.serialize_entry("password_enabled", &it.password_enabled)?;
    map.serialize_entry("password_last_updated_at", &it.password_last_updated_at)?;
    map.serialize_entry("two_factor_enabled", &it.totp_enabled)?;
    map.serialize_entry("totp_enabled", &it.totp_enabled)?;
    map.serialize_entry("backup_code_enabled", &it.backup_code_enabled)?;
    map.serialize_entry("mfa_enabled_at", &NONE)?;
    map.serialize_entry("mfa_disabled_at", &NONE)?;
    map.serialize_entry("banned", &it.banned)?;
    map.serialize_entry("locked", &false)?;
    map.serialize_entry("deprovisioned", &false)?;
    map.serialize_entry("lockout_expires_in_seconds", &NONE)?;
    map.serialize_entry("verification_attempts_remaining", &100)?;
    map.serialize_entry("delete_self_enabled", &it.delete_self_enabled)?;
    map.serialize_entry("create_organization_enabled", &it.create_organization_enabled)?;
    map.serialize_entry("create_organizations_limit", &it.create_organizations_limit)?;
    map.serialize_entry("bypass_client_trust", &it.bypass_client_trust)?;
    map.serialize_entry("legal_accepted_at", &it.legal_accepted_at)?;
    map.serialize_entry("last_sign_in_at", &it.last_sign_in_at)?;
    map.serialize_entry("last_active_at", &it.last_active_at)?;
    map.serialize_entry("created_at", &it.created_at)?;
    map.serialize_entry("updated_at", &it.updated_at)
}

impl User {
    /// The `User` of the specification.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(Told(self)).unwrap_or_default()
    }
}

struct Emails<'a>(&'a [EmailAddress]);

impl Serialize for Emails<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Email))
    }
}

/// The `EmailAddress` of the specification. What the Backend API verified, an administrator vouched for; what is not
/// verified has no verification at all.
struct Email<'a>(&'a EmailAddress);

#[derive(serde::Serialize)]
struct Verification {
    object: &'static str,
    status: &'static str,
    strategy: &'static str,
    attempts: Option<()>,
    expire_at: Option<()>,
}

const BY_ADMIN: Verification = Verification {
    object: "verification_admin",
    status: "verified",
    strategy: "admin",
    attempts: None,
    expire_at: None,
};

impl Serialize for Email<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(it) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &it.id)?;
        map.serialize_entry("object", "email_address")?;
        map.serialize_entry("email_address", &it.email_address)?;
        map.serialize_entry("reserved", &it.reserved)?;
        map.serialize_entry("verification", &it.verified.then_some(BY_ADMIN))?;
        map.serialize_entry("linked_to", &EMPTY)?;
        map.serialize_entry("matches_sso_connection", &false)?;
        map.serialize_entry("created_at", &it.created_at)?;
        map.serialize_entry("updated_at", &it.updated_at)?;
        map.end()
    }
}

impl EmailAddress {
    /// The `EmailAddress` of the specification.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(Email(self)).unwrap_or_default()
    }
}
