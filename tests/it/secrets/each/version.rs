//! The secrets' values, of the form that each must have, and canaries all of them.

use data_encoding::BASE64;
use serde_json::json;
use shared::token::{Scope, ServiceTokens};

/// A secret at one time.
pub(super) struct Version {
    /// What Secrets Manager holds.
    pub(super) stored: String,
    /// What is presented of it.
    pub(super) presented: String,
    /// What else would give it away.
    beside: String,
}

impl Version {
    /// The `number`th value of the secret that this variable would hold.
    pub(super) fn of(variable: &str, number: u8) -> Self {
        let plain = match variable {
            "SERVICE_TOKENS" => return Self::listed(number),
            "CLERK_WEBHOOK_SECRET" => return Self::signing(number),
            "CLERK_SECRET_KEY" => format!("sk_test_canary_of_clerk_{number}"),
            "STRIPE_SECRET_KEY" => format!("sk_test_canary_of_stripe_{number}"),
            _ => format!("canary-of-{}-{number}", variable.to_lowercase()),
        };
        Self { stored: plain.clone(), presented: plain.clone(), beside: plain }
    }

    /// A list of one token.
    fn listed(number: u8) -> Self {
        let (presented, sha256) = ServiceTokens::mint(&format!("service-{number}"), &[number; 32]).unwrap();
        let scopes = Scope::ALL.map(Scope::as_str);
        let stored = json!([{"id": format!("service-{number}"), "sha256": sha256, "scopes": scopes}]).to_string();
        Self { stored, presented, beside: sha256 }
    }

    fn signing(number: u8) -> Self {
        let key = format!("canary-of-the-signing-key-{number}");
        let secret = format!("whsec_{}", BASE64.encode(key.as_bytes()));
        Self { stored: secret.clone(), presented: secret, beside: key }
    }

    /// All that nothing may say.
    pub(super) fn canaries(self) -> [String; 3] {
        [self.stored, self.presented, self.beside]
    }
}
