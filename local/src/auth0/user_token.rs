//! Tokens that a user of this tenant would get for our API, and the keys that they are signed with.

use serde_json::{Value, json};

use super::{Auth0StandIn, Refused};
use crate::stand_in::clock;
use crate::stand_in::lock;
use crate::stand_in::signing::{SigningKeys, merged};

/// What is to be other than usual in a token.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserToken {
    /// Whose it is. Needs not be a user, for a token outlives its user.
    pub user_id: String,
    /// Claims that go before the usual ones; `null` leaves one out.
    pub claims: Value,
    /// The same for the header.
    pub header: Value,
}

impl Auth0StandIn {
    /// The keys that user tokens are signed with.
    pub fn signing_keys(&self) -> &SigningKeys {
        &self.it.signing
    }

    /// An access token for our API, good for a day. It says of the user what an Action may put there: nothing but
    /// the subject is in one by itself.
    pub fn user_token(&self, wanted: &UserToken) -> Result<String, Refused> {
        if wanted.user_id.is_empty() {
            return Err(Refused::NoUser);
        }
        let now = clock::now_ms() / 1000;
        let usual = json!({
            "iss": self.it.options.issuer,
            "sub": wanted.user_id,
            "aud": [self.it.options.api_audience, format!("{}/userinfo", lock(&self.it.base_url))],
            "iat": now,
            "exp": now + 86_400,
            "scope": "openid profile email",
            "azp": "local-spa",
        });
        Ok(self.it.signing.sign(&wanted.header, &merged(usual, &wanted.claims)))
    }
}
