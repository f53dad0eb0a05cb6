//! Tokens for the Management API: issued to one application, remembered, and good for a while.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::Auth0StandIn;
use crate::stand_in::draw::Draw;
use crate::stand_in::{clock, lock};

/// What was issued, until when it is good, in milliseconds, and what it is allowed.
#[derive(Debug)]
pub(super) struct Tokens {
    issued: HashMap<String, (i64, Arc<str>)>,
    scope: Arc<str>,
    draw: Draw,
}

impl Tokens {
    pub(super) fn new(seed: u64, scope: &str) -> Self {
        Self { issued: HashMap::new(), scope: Arc::from(scope), draw: Draw::new(seed) }
    }

    /// What a token is allowed; nothing, where it is not good.
    pub(super) fn scope_of(&self, token: &str, now: i64) -> Option<Arc<str>> {
        self.issued.get(token).filter(|(until, _)| now < *until).map(|(_, scope)| scope.clone())
    }
}

impl Auth0StandIn {
    /// What tokens are allowed from now on, scopes parted by spaces.
    pub fn set_scope(&self, scope: &str) {
        lock(&self.it.tokens).scope = Arc::from(scope);
    }

    /// What tokens are allowed.
    pub fn scope(&self) -> String {
        lock(&self.it.tokens).scope.to_string()
    }

    /// A token for the Management API. It looks like a JWT, but nobody can verify its signature.
    pub fn issue_token(&self) -> String {
        self.issue_token_for(&self.audience())
    }

    /// The same for an audience, which Auth0 spells in the token as it was asked for.
    pub(super) fn issue_token_for(&self, audience: &str) -> String {
        let now = clock::now_ms();
        let options = &self.it.options;
        let scope = lock(&self.it.tokens).scope.clone();
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "local" });
        let claims = json!({
            "iss": options.issuer,
            "sub": format!("{}@clients", options.client_id),
            "aud": audience,
            "iat": now / 1000,
            "exp": now / 1000 + options.expires_in,
            "scope": &*scope,
            "gty": "client-credentials",
            "azp": options.client_id,
        });
        let mut tokens = lock(&self.it.tokens);
        let signature = tokens.draw.base62("");
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let token = format!("{header}.{claims}.{signature}");
        tokens.issued.insert(token.clone(), (now + options.expires_in * 1000, scope));
        token
    }
}
