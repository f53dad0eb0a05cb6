//! `personal_sign` of an EVM wallet (ERC-191): the address is recovered from the signature, and compared.

use data_encoding::HEXLOWER_PERMISSIVE;
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use sha3::{Digest, Keccak256};

use super::ProofError;
use crate::domain::PublicKey;

/// Verifies `0x` and the digits of r, s and v over `text`. Wallets of contracts (ERC-1271) cannot be verified without
/// their chain.
pub(super) fn verify(key: &PublicKey, text: &str, signature: &str) -> Result<(), ProofError> {
    let (signature, recovery) = read(signature).ok_or(ProofError::Malformed)?;
    if signature.normalize_s() != signature {
        return Err(ProofError::HighS);
    }
    let signer = VerifyingKey::recover_from_prehash(&digest(text), &signature, recovery);
    let signer = signer.map_err(|_| ProofError::Mismatch)?;
    if key.evm_address() == Some(&address(&signer)) { Ok(()) } else { Err(ProofError::Mismatch) }
}

fn read(signature: &str) -> Option<(Signature, RecoveryId)> {
    let bytes = HEXLOWER_PERMISSIVE.decode(signature.strip_prefix("0x")?.as_bytes()).ok()?;
    let (parts, [v]) = bytes.split_first_chunk::<64>()? else { return None };
    // 2 and 3 would be points whose x is over the group's order: no wallet makes such a signature.
    let recovery = match v {
        0 | 27 => RecoveryId::new(false, false),
        1 | 28 => RecoveryId::new(true, false),
        _ => return None,
    };
    Some((Signature::from_slice(parts).ok()?, recovery))
}

/// What an EVM wallet hashes of a text.
fn digest(text: &str) -> [u8; 32] {
    let mut hash = Keccak256::new();
    hash.update(b"\x19Ethereum Signed Message:\n");
    hash.update(text.len().to_string());
    hash.update(text);
    hash.finalize().into()
}

/// The last 20 bytes of the hash of the point.
fn address(signer: &VerifyingKey) -> [u8; 20] {
    let point = signer.to_sec1_point(false);
    let hash = Keccak256::digest(point.as_bytes().get(1..).unwrap_or_default());
    hash.last_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_of_siwes_own_documentation_is_its_addresss() {
        let text = "localhost:4361 wants you to sign in with your Ethereum account:\n\
            0x6Da01670d8fc844e736095918bbE11fE8D564163\n\nSIWE Notepad Example\n\nURI: http://localhost:4361\n\
            Version: 1\nChain ID: 1\nNonce: kEWepMt9knR6lWJ6A\nIssued At: 2021-12-07T18:28:18.807Z";
        let signature = "0x6228b3ecd7bf2df018183aeab6b6f1db1e9f4e3cbe24560404112e25363540eb679934908143224d746bbb5e1aa65ab435684081f4dbb74a0fec57f98f40f5051c";
        let key: Option<PublicKey> = "0x6Da01670d8fc844e736095918bbE11fE8D564163".parse().ok();
        assert_eq!(key.map(|key| verify(&key, text, signature)), Some(Ok(())));
        assert_eq!(key.map(|key| verify(&key, &text[1..], signature)), Some(Err(ProofError::Mismatch)));
    }
}
