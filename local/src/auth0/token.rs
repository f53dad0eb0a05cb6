//! Tokens for the Management API: issued to one application, remembered, and good for a while.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::Auth0StandIn;
use crate::stand_in::draw::Draw;
use crate::stand_in::{clock, lock};

/// What was issued, and until when it is good, in milliseconds.
#[derive(Debug)]
pub(super) struct Tokens {
    good_until: HashMap<String, i64>,
    draw: Draw,
}

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        Self { good_until: HashMap::new(), draw: Draw::new(seed) }
    }

    pub(super) fn is_good(&self, token: &str, now: i64) -> bool {
        self.good_until.get(token).is_some_and(|until| now < *until)
    }
}

/// What a token is allowed.
pub(super) const SCOPE: &str = "read:users create:users update:users delete:users";

impl Auth0StandIn {
    /// A token for the Management API. It looks like a JWT, but nobody can verify its signature.
    pub fn issue_token(&self) -> String {
        self.issue_token_for(&self.audience())
    }

    /// The same for an audience, which Auth0 spells in the token as it was asked for.
    pub(super) fn issue_token_for(&self, audience: &str) -> String {
        let now = clock::now_ms();
        let options = &self.it.options;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "local" });
        let claims = json!({
            "iss": options.issuer,
            "sub": format!("{}@clients", options.client_id),
            "aud": audience,
            "iat": now / 1000,
            "exp": now / 1000 + options.expires_in,
            "scope": SCOPE,
            "gty": "client-credentials",
            "azp": options.client_id,
        });
        let mut tokens = lock(&self.it.tokens);
        let signature = tokens.draw.base62("");
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let token = format!("{header}.{claims}.{signature}");
        tokens.good_until.insert(token.clone(), now + options.expires_in * 1000);
        token
    }
}
