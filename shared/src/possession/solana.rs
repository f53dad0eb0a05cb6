//! `signMessage` of an ed25519 wallet: over the text's own bytes, verified strictly.

use ed25519_dalek::{Signature, VerifyingKey};

use super::ProofError;
use crate::domain::PublicKey;

/// Verifies base58 of 64 bytes over `text`. A hardware wallet's envelope around the text is another text.
pub(super) fn verify(key: &PublicKey, text: &str, signature: &str) -> Result<(), ProofError> {
    let signature = read(signature).ok_or(ProofError::Malformed)?;
    let bytes = key.ed25519_bytes().ok_or(ProofError::Mismatch)?;
    let holder = VerifyingKey::from_bytes(bytes).map_err(|_| ProofError::Mismatch)?;
    // Strictly: the plain check takes forged signatures of weak keys, and of one signature several spellings.
    holder.verify_strict(text.as_bytes(), &signature).map_err(|_| ProofError::Mismatch)
}

fn read(signature: &str) -> Option<Signature> {
    // Decoding takes time with the square of the length, and no 64 bytes have more than 88 digits.
    let spelled = Some(signature).filter(|spelled| spelled.len() <= 88)?;
    let bytes: [u8; 64] = bs58::decode(spelled).into_vec().ok()?.try_into().ok()?;
    Some(Signature::from_bytes(&bytes))
}
