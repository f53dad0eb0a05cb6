//! The keys that a person can hold: one key, one canonical spelling, whatever a wallet writes.
//!
//! Sources: EIP-55 for the case of an EVM address; RFC 8032 and Solana's addresses for ed25519.

use std::fmt;
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use ed25519_dalek::VerifyingKey;
use sha3::{Digest, Keccak256};

/// An EVM address or an ed25519 key. The bytes of an ed25519 key are a point of the curve that is not of low order,
/// in the one encoding that the point has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(Bytes);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Bytes {
    Evm([u8; 20]),
    Solana([u8; 32]),
}

/// The kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// An address of the EVM: one key on every EVM chain.
    Evm,
    /// An ed25519 key, as Solana spells it.
    Solana,
}

impl KeyType {
    /// The word for it in answers and in canonical keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evm => "evm",
            Self::Solana => "solana",
        }
    }
}

/// Why a text is no key of a supported kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// It is spelled neither as an EVM address nor in base58.
    #[error("a key is an EVM address of 0x and 40 hexadecimal digits, or an ed25519 key in base58")]
    Spelling,
    /// An EVM address in mixed case whose case is not that of its checksum.
    #[error("the checksum of the EVM address is wrong: spell it as the wallet does, or in lower case")]
    Checksum,
    /// Base58 of more or less than 32 bytes.
    #[error("an ed25519 key in base58 has exactly 32 bytes")]
    Length,
    /// Bytes that nobody can hold the secret of, or for which anybody can forge signatures.
    #[error("these 32 bytes are no ed25519 key, or a weak one")]
    Weak,
}

impl PublicKey {
    /// Its kind.
    pub fn key_type(&self) -> KeyType {
        match self.0 {
            Bytes::Evm(_) => KeyType::Evm,
            Bytes::Solana(_) => KeyType::Solana,
        }
    }

    /// The canonical spelling, `evm#` and 40 lower-case digits or `solana#` and base58: as `public_keys` names it.
    pub fn canonical(&self) -> String {
        let spelled = match &self.0 {
            Bytes::Evm(address) => HEXLOWER.encode(address),
            Bytes::Solana(key) => bs58::encode(key).into_string(),
        };
        format!("{}#{spelled}", self.key_type().as_str())
    }

    /// Reads a canonical spelling; `None` if it is not exactly one.
    pub fn from_canonical(text: &str) -> Option<Self> {
        let key = match text.split_once('#')? {
            ("evm", digits) => HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok().map(Bytes::Evm).map(Self)?,
            ("solana", spelled) => solana(spelled).ok()?,
            _ => return None,
        };
        Some(key)
    }

    /// The 20 bytes of an EVM address.
    pub(crate) fn evm_address(&self) -> Option<&[u8; 20]> {
        match &self.0 {
            Bytes::Evm(address) => Some(address),
            Bytes::Solana(_) => None,
        }
    }

    /// The 32 bytes of an ed25519 key.
    pub(crate) fn ed25519_bytes(&self) -> Option<&[u8; 32]> {
        match &self.0 {
            Bytes::Evm(_) => None,
            Bytes::Solana(key) => Some(key),
        }
    }
}

impl FromStr for PublicKey {
    type Err = PublicKeyError;

    /// Reads what a wallet writes.
    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        match text.strip_prefix("0x") {
            Some(digits) => evm(digits),
            // No base58 text has a 0: what begins so is an address with something wrong about it.
            None if text.starts_with('0') => Err(PublicKeyError::Spelling),
            None => solana(text),
        }
    }
}

impl fmt::Display for PublicKey {
    /// The conventional spelling: EIP-55, base58.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Bytes::Evm(address) => write!(f, "0x{}", checksummed(address)),
            Bytes::Solana(key) => f.write_str(&bs58::encode(key).into_string()),
        }
    }
}

fn evm(digits: &str) -> Result<PublicKey, PublicKeyError> {
    let address = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let address: [u8; 20] = address.ok_or(PublicKeyError::Spelling)?;
    let has = |case: fn(&u8) -> bool| digits.as_bytes().iter().any(case);
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    if mixed && checksummed(&address) != digits {
        return Err(PublicKeyError::Checksum);
    }
    Ok(PublicKey(Bytes::Evm(address)))
}

/// The 40 digits with their case: upper where the digit of the hash of the lower-case text is 8 or more.
fn checksummed(address: &[u8; 20]) -> String {
    let plain = HEXLOWER.encode(address);
    let hash = HEXLOWER.encode(&Keccak256::digest(plain.as_bytes()));
    let cased = plain.chars().zip(hash.chars());
    cased.map(|(digit, of_hash)| if of_hash >= '8' { digit.to_ascii_uppercase() } else { digit }).collect()
}

fn solana(text: &str) -> Result<PublicKey, PublicKeyError> {
    // Decoding takes time with the square of the length, and no 32 bytes have more than 44 digits.
    if text.len() > 88 {
        return Err(PublicKeyError::Length);
    }
    let bytes = bs58::decode(text).into_vec().map_err(|_| PublicKeyError::Spelling)?;
    if bytes.is_empty() {
        return Err(PublicKeyError::Spelling);
    }
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| PublicKeyError::Length)?;
    if bs58::encode(&bytes).into_string() != text {
        return Err(PublicKeyError::Spelling);
    }
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| PublicKeyError::Weak)?;
    // A few points can be written in two ways, and one key must have one spelling.
    let twin = key.to_edwards().compress().to_bytes() != bytes;
    if key.is_weak() || twin { Err(PublicKeyError::Weak) } else { Ok(PublicKey(Bytes::Solana(bytes))) }
}

#[cfg(test)]
mod tests;
