//! A key set as an issuer publishes it (RFC 7517): the RSA keys for signatures in it, by their ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use serde::Deserialize;

/// The keys that verify RS256. What else a set holds is passed over.
pub(super) struct KeySet(BTreeMap<String, Arc<DecodingKey>>);

#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    n: String,
    e: String,
    alg: Option<String>,
    r#use: Option<String>,
}

impl KeySet {
    /// Reads a document; `None` when it is no key set, or holds no key that verifies anything.
    pub(super) fn read(document: &[u8]) -> Option<Self> {
        let published: Published = serde_json::from_slice(document).ok()?;
        let keys: BTreeMap<_, _> = published.keys.into_iter().filter_map(usable).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key of this id.
    pub(super) fn key(&self, kid: &str) -> Option<Arc<DecodingKey>> {
        self.0.get(kid).cloned()
    }
}

fn usable(value: serde_json::Value) -> Option<(String, Arc<DecodingKey>)> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let signs = jwk.r#use.is_none_or(|purpose| purpose == "sig");
    let rs256 = jwk.kty == "RSA" && jwk.alg.is_none_or(|algorithm| algorithm == "RS256");
    let key = DecodingKey::from_rsa_components(&jwk.n, &jwk.e).ok()?;
    (signs && rs256).then(|| (jwk.kid, Arc::new(key)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known(keys: &serde_json::Value) -> Option<Vec<String>> {
        let set = KeySet::read(json!({ "keys": keys }).to_string().as_bytes())?;
        Some(set.0.into_keys().collect())
    }

    #[test]
    fn only_rsa_keys_for_signatures_count_and_others_do_not_hide_them() {
        let keys = json!([
            {"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB", "alg": "RS256", "use": "sig", "x5c": []},
            {"kty": "RSA", "kid": "b", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "encrypts", "n": "AQAB", "e": "AQAB", "use": "enc"},
            {"kty": "RSA", "kid": "pss", "n": "AQAB", "e": "AQAB", "alg": "PS256"},
            {"kty": "oct", "kid": "shared", "k": "AQAB"},
            {"kty": "EC", "kid": "curve", "x": "AQAB", "y": "AQAB", "crv": "P-256"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "odd", "n": "%", "e": "AQAB"},
            "nonsense",
        ]);
        assert_eq!(known(&keys), Some(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn an_empty_set_and_a_page_are_no_key_sets() {
        assert_eq!(known(&json!([])), None);
        assert!(KeySet::read(b"<html>").is_none());
        assert!(KeySet::read(b"{}").is_none());
    }
}
