//! Session tokens that a user of this instance would have, and the keys that they are signed with.

use serde_json::{Value, json};

use super::ClerkStandIn;
use crate::stand_in::clock;
use crate::stand_in::signing::{SigningKeys, merged};

/// What is to be other than usual in a token.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionToken {
    /// Whose it is. Needs not be a user, for a token outlives its user.
    pub user_id: String,
    /// Claims that go before the usual ones; `null` leaves one out.
    pub claims: Value,
    /// The same for the header.
    pub header: Value,
}

impl ClerkStandIn {
    /// The keys that session tokens are signed with.
    pub fn signing_keys(&self) -> &SigningKeys {
        &self.it.tokens
    }

    /// A session token of version 2, good for a minute, as Clerk's are.
    pub fn session_token(&self, wanted: &SessionToken) -> String {
        let now = clock::now_ms() / 1000;
        let usual = json!({
            "iss": self.it.issuer,
            "sub": wanted.user_id,
            "sid": "sess_local",
            "iat": now,
            "nbf": now - 10,
            "exp": now + 60,
            "v": 2,
            "sts": "active",
        });
        self.it.tokens.sign(&wanted.header, &merged(usual, &wanted.claims))
    }
}
