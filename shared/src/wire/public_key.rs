//! Public keys as requests spell them, and the proof that one is held.

use super::fields::{public_key, required};
use super::json::{self, BadBody};
use crate::domain::{Nonce, PublicKey};

/// A key as a wallet spells it, in a path.
pub fn spelled(text: &str) -> Result<PublicKey, BadBody> {
    text.parse().map_err(|error: crate::domain::PublicKeyError| BadBody::new("unsupported_key", error.to_string()))
}

/// The key in a body, `{publicKey}`.
pub fn in_body(body: &[u8]) -> Result<PublicKey, BadBody> {
    public_key(&json::object(body)?, "publicKey")
}

/// The body of `POST /v1/me/public-keys`: which challenge was answered, with which key, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProof {
    /// The challenge's; `None` when the text is no nonce of ours.
    pub nonce: Option<Nonce>,
    /// The key.
    pub public_key: PublicKey,
    /// The signature as the wallet spells it.
    pub signature: String,
}

impl KeyProof {
    /// Reads a body.
    pub fn read(body: &[u8]) -> Result<Self, BadBody> {
        let body = json::object(body)?;
        let nonce = required(&body, "nonce")?.parse().ok();
        let public_key = public_key(&body, "publicKey")?;
        let signature = required(&body, "signature")?.to_owned();
        Ok(Self { nonce, public_key, signature })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const KEY: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    #[test]
    fn each_bad_field_of_a_proof_is_refused_with_its_code() {
        let whole = json!({"nonce": "0".repeat(32), "publicKey": KEY, "signature": "0x00"});
        let with = |field: &str, value: Value| {
            let mut body = whole.clone();
            if let Some(body) = body.as_object_mut() {
                body.insert(field.to_owned(), value);
            }
            KeyProof::read(body.to_string().as_bytes()).map_or_else(|bad| bad.code, |_| "ok")
        };
        assert_eq!(with("other", json!(5)), "ok");
        for field in ["nonce", "publicKey", "signature"] {
            assert_eq!(with(field, json!(null)), "field_missing", "{field}");
            assert_eq!(with(field, json!("")), "field_missing", "{field}");
            assert_eq!(with(field, json!(5)), "field_invalid", "{field}");
        }
        assert_eq!(with("publicKey", json!("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")), "unsupported_key");
    }

    #[test]
    fn what_can_be_no_nonce_of_ours_is_read_as_none() {
        let body = json!({"nonce": "x", "publicKey": KEY, "signature": "0x00"}).to_string();
        assert_eq!(KeyProof::read(body.as_bytes()).map(|proof| proof.nonce), Ok(None));
    }

    #[test]
    fn a_key_in_a_body_must_be_there_and_be_one() {
        let code = |body: &Value| in_body(body.to_string().as_bytes()).map_or_else(|bad| bad.code, |_| "ok");
        assert_eq!(code(&json!({ "publicKey": KEY })), "ok");
        assert_eq!(code(&json!({})), "field_missing");
        assert_eq!(code(&json!({"publicKey": [KEY]})), "field_invalid");
        assert_eq!(code(&json!({"publicKey": "bitcoin"})), "unsupported_key");
    }
}
