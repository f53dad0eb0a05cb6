//! A user as Clerk's API and webhooks write it: every field of the specification, nulls included.

use serde_json::{Value, json};

use super::user::{EmailAddress, User};

impl User {
    /// The `User` of the specification.
    pub fn to_json(&self) -> Value {
        let image = format!("https://img.clerk.com/{}", self.id);
        let mut user = json!({
            "id": self.id,
            "object": "user",
            "external_id": self.external_id,
            "username": self.username,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "locale": self.locale,
            "image_url": image,
            "profile_image_url": image,
            "has_image": false,
            "primary_email_address_id": self.primary_email_address_id,
            "primary_phone_number_id": null,
            "primary_web3_wallet_id": null,
            "email_addresses": self.email_addresses.iter().map(EmailAddress::to_json).collect::<Vec<_>>(),
            "phone_numbers": [],
            "web3_wallets": [],
            "passkeys": [],
            "external_accounts": [],
            "saml_accounts": [],
            "enterprise_accounts": [],
            "public_metadata": self.public_metadata,
            "private_metadata": self.private_metadata,
            "unsafe_metadata": self.unsafe_metadata,
        });
        if let (Some(user), Value::Object(rest)) = (user.as_object_mut(), self.switches_and_times()) {
            user.extend(rest);
        }
        user
    }

    fn switches_and_times(&self) -> Value {
        json!({
            "password_enabled": self.password_enabled,
            "password_last_updated_at": self.password_last_updated_at,
            "two_factor_enabled": self.totp_enabled,
            "totp_enabled": self.totp_enabled,
            "backup_code_enabled": self.backup_code_enabled,
            "mfa_enabled_at": null,
            "mfa_disabled_at": null,
            "banned": self.banned,
            "locked": false,
            "deprovisioned": false,
            "lockout_expires_in_seconds": null,
            "verification_attempts_remaining": 100,
            "delete_self_enabled": self.delete_self_enabled,
            "create_organization_enabled": self.create_organization_enabled,
            "create_organizations_limit": self.create_organizations_limit,
            "bypass_client_trust": self.bypass_client_trust,
            "legal_accepted_at": self.legal_accepted_at,
            "last_sign_in_at": self.last_sign_in_at,
            "last_active_at": self.last_active_at,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

impl EmailAddress {
    /// The `EmailAddress` of the specification. What the Backend API verified, an administrator vouched for;
    /// what is not verified has no verification at all.
    pub fn to_json(&self) -> Value {
        let by_admin = json!({
            "object": "verification_admin",
            "status": "verified",
            "strategy": "admin",
            "attempts": null,
            "expire_at": null,
        });
        json!({
            "id": self.id,
            "object": "email_address",
            "email_address": self.email_address,
            "reserved": self.reserved,
            "verification": if self.verified { by_admin } else { Value::Null },
            "linked_to": [],
            "matches_sso_connection": false,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}
