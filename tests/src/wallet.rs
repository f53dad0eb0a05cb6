//! Wallets of both kinds: a key, and signatures as the wallet's own software spells them.

use data_encoding::HEXLOWER;
use ed25519_dalek::Signer;
use sha3::{Digest, Keccak256};
use shared::domain::{Challenge, PublicKey};
use shared::possession::{Site, message};

/// A wallet, whose secret is made of a number.
pub enum Wallet {
    /// Signs by `personal_sign`.
    Evm(k256::ecdsa::SigningKey),
    /// Signs by `signMessage`.
    Solana(ed25519_dalek::SigningKey),
}

/// The site that the tests' wallets sign for.
pub fn site() -> Site {
    Site::new("app.example.com".parse().expect("a domain"), "https://app.example.com".parse().expect("a URI"))
}

impl Wallet {
    /// An EVM wallet.
    pub fn evm(number: u32) -> Self {
        Self::Evm(k256::ecdsa::SigningKey::from_slice(&secret(number)).expect("a secret"))
    }

    /// A Solana wallet.
    pub fn solana(number: u32) -> Self {
        Self::Solana(ed25519_dalek::SigningKey::from_bytes(&secret(number)))
    }

    /// An EVM wallet of every even number, a Solana wallet of every odd one.
    pub fn numbered(number: u32) -> Self {
        if number.is_multiple_of(2) { Self::evm(number) } else { Self::solana(number) }
    }

    /// The key as the wallet spells it.
    pub fn spelled(&self) -> String {
        match self {
            Self::Evm(signer) => {
                let point = signer.verifying_key().to_sec1_point(false);
                format!("0x{}", HEXLOWER.encode(&Keccak256::digest(&point.as_bytes()[1..])[12..]))
            }
            Self::Solana(signer) => bs58::encode(signer.verifying_key().as_bytes()).into_string(),
        }
    }

    /// The key.
    pub fn key(&self) -> PublicKey {
        self.spelled().parse().expect("a key")
    }

    /// Its signature of a text.
    pub fn sign(&self, text: &str) -> String {
        match self {
            Self::Evm(signer) => {
                let text = format!("\x19Ethereum Signed Message:\n{}{text}", text.len());
                let (signature, recovery) = signer.sign_prehash_recoverable(&Keccak256::digest(text));
                format!("0x{}{:02x}", HEXLOWER.encode(&signature.to_bytes()), recovery.to_byte() + 27)
            }
            Self::Solana(signer) => bs58::encode(signer.sign(text.as_bytes()).to_bytes()).into_string(),
        }
    }

    /// Its answer to a challenge of the tests' site.
    pub fn answer(&self, challenge: &Challenge) -> String {
        self.sign(&message(&site(), challenge))
    }
}

fn secret(number: u32) -> [u8; 32] {
    let mut secret = [7; 32];
    secret[..4].copy_from_slice(&number.to_be_bytes());
    secret
}
