//! The keys that a provider signs user tokens with: published, rotated, revoked.
//!
//! `GET /.well-known/jwks.json` publishes them. `POST /_control/keys/rotate` signs with another key from then on; the
//! key before it stays published, as at the providers, unless the body says `{"revoke": true}`. It answers
//! `{"kid", "published": []}`.
//! The key pairs are well-known: to draw new ones would take seconds, and they guard nothing but this machine's loopback.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::{Value, json};

use super::control::bad_request;
use super::lock;

/// Two key pairs, PKCS #8 as PEM, that take turns.
pub(crate) type Pairs = [&'static str; 2];

pub(crate) const AUTH0: Pairs = [include_str!("signing/auth0-1.pem"), include_str!("signing/auth0-2.pem")];
pub(crate) const CLERK: Pairs = [include_str!("signing/clerk-1.pem"), include_str!("signing/clerk-2.pem")];

/// The keys of one stand-in. Clones share them.
#[derive(Clone, Debug)]
pub struct SigningKeys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: &'static str,
    pairs: Vec<KeyPair>,
    state: Mutex<Published>,
}

/// Numbers of keys. Key pairs take turns, numbers never come again.
#[derive(Debug)]
struct Published {
    current: usize,
    oldest: usize,
}

impl SigningKeys {
    /// The first pair signs. A pair that cannot be read is left out.
    pub(crate) fn new(name: &'static str, pairs: Pairs) -> Self {
        let read = |pem: &str| {
            let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
            KeyPair::from_pkcs8(der.secret_pkcs8_der()).ok()
        };
        let pairs = pairs.into_iter().filter_map(read).collect();
        Self(Arc::new(Inner { name, pairs, state: Mutex::new(Published { current: 1, oldest: 1 }) }))
    }

    /// The id of the key that signs now.
    pub fn kid(&self) -> String {
        self.name_of(lock(&self.0.state).current)
    }

    /// Signs with another key from now on; without the earlier ones, if they are revoked.
    pub fn rotate(&self, revoke: bool) {
        let mut state = lock(&self.0.state);
        state.current += 1;
        // The pair of a key's predecessor is its successor's: two are published at the most.
        state.oldest = if revoke { state.current } else { state.current - 1 };
    }

    /// A token of these claims. Fields of `header` go before what would be there: `null` leaves one out.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let current = lock(&self.0.state).current;
        let usual = json!({ "alg": "RS256", "typ": "JWT", "kid": self.name_of(current) });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&merged(usual, header)), part(claims));
        let signature = self.pair(current).map(|pair| {
            let mut signature = vec![0; pair.public().modulus_len()];
            let made = pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature);
            made.map(|()| signature).unwrap_or_default()
        });
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap_or_default()))
    }

    /// The published keys, the current one first.
    pub fn jwks(&self) -> Value {
        let (oldest, current) = {
            let state = lock(&self.0.state);
            (state.oldest, state.current)
        };
        let keys: Vec<Value> = (oldest..=current).rev().filter_map(|number| self.jwk(number)).collect();
        json!({ "keys": keys })
    }

    fn jwk(&self, number: usize) -> Option<Value> {
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(self.pair(number)?.public());
        Some(json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.name_of(number),
            "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e),
        }))
    }

    fn pair(&self, number: usize) -> Option<&KeyPair> {
        self.0.pairs.get(number.wrapping_sub(1) % self.0.pairs.len().max(1))
    }

    fn name_of(&self, number: usize) -> String {
        format!("{}-{number}", self.0.name)
    }
}

/// `usual` with the fields of `wanted` before its own; `null` removes one.
pub(crate) fn merged(mut usual: Value, wanted: &Value) -> Value {
    if let (Some(all), Some(wanted)) = (usual.as_object_mut(), wanted.as_object()) {
        all.extend(wanted.iter().map(|(name, value)| (name.clone(), value.clone())));
        all.retain(|_, value| !value.is_null());
    }
    usual
}

/// `GET /.well-known/jwks.json`.
pub(crate) async fn publish(State(keys): State<SigningKeys>) -> Json<Value> {
    Json(keys.jwks())
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Rotation {
    revoke: bool,
}

/// `POST /_control/keys/rotate`.
pub(crate) async fn rotate(State(keys): State<SigningKeys>, body: Bytes) -> Response {
    let rotation = if body.is_empty() { Ok(Rotation::default()) } else { serde_json::from_slice(&body) };
    match rotation {
        Ok(Rotation { revoke }) => {
            keys.rotate(revoke);
            let jwks = keys.jwks();
            let published = jwks.pointer("/keys").and_then(Value::as_array).into_iter().flatten();
            let published: Vec<&Value> = published.filter_map(|key| key.get("kid")).collect();
            Json(json!({ "kid": keys.kid(), "published": published })).into_response()
        }
        Err(error) => bad_request(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(keys: &SigningKeys) -> Vec<String> {
        let jwks = keys.jwks();
        let keys = jwks.pointer("/keys").and_then(Value::as_array).into_iter().flatten();
        keys.filter_map(|key| key.get("kid")?.as_str().map(str::to_owned)).collect()
    }

    #[test]
    fn a_rotation_keeps_the_key_before_and_a_revocation_none() {
        let keys = SigningKeys::new("auth0", AUTH0);
        assert_eq!(published(&keys), ["auth0-1"]);
        keys.rotate(false);
        assert_eq!(published(&keys), ["auth0-2", "auth0-1"]);
        keys.rotate(false);
        assert_eq!(published(&keys), ["auth0-3", "auth0-2"]);
        keys.rotate(true);
        assert_eq!(published(&keys), ["auth0-4"]);
    }

    #[test]
    fn a_tokens_header_names_the_key_and_may_be_told_otherwise() {
        let keys = SigningKeys::new("clerk", CLERK);
        let header = |token: &str| {
            let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap_or_default()).unwrap_or_default();
            serde_json::from_slice::<Value>(&header).unwrap_or_default()
        };
        assert_eq!(header(&keys.sign(&json!({}), &json!({}))), json!({"alg": "RS256", "typ": "JWT", "kid": "clerk-1"}));
        let odd = keys.sign(&json!({"kid": null, "alg": "none"}), &json!({}));
        assert_eq!(header(&odd), json!({"alg": "none", "typ": "JWT"}));
        assert_eq!(odd.split('.').nth(2).map(str::len), Some(342));
    }
}
