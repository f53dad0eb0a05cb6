//! Wallets that sign as they should, and everybody who would like to be believed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use data_encoding::HEXLOWER;
use ed25519_dalek::Signer;
use sha3::{Digest, Keccak256};

use super::*;
use crate::domain::{Identity, Nonce, Provider};

const NOON: i64 = 1_700_000_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOON + seconds * 1000).unwrap()
}

fn site() -> Site {
    Site::new("app.example.com".parse().unwrap(), "https://app.example.com/link".parse().unwrap())
}

fn user(subject: &str) -> UserId {
    Identity::new(Provider::auth0(), subject).unwrap().user_id()
}

fn challenge(public_key: PublicKey) -> Challenge {
    Challenge { user_id: user("auth0|test123"), life: at(-60), public_key, nonce: Nonce::of(7), issued_at: at(0) }
}

/// A wallet of either kind.
enum Wallet {
    Evm(k256::ecdsa::SigningKey),
    Solana(ed25519_dalek::SigningKey),
}

impl Wallet {
    fn both(seed: u8) -> [Self; 2] {
        let bytes = [seed; 32];
        [Self::Evm(k256::ecdsa::SigningKey::from_slice(&bytes).unwrap()), Self::Solana((&bytes).into())]
    }

    fn key(&self) -> PublicKey {
        let spelled = match self {
            Self::Evm(signer) => {
                let point = signer.verifying_key().to_sec1_point(false);
                format!("0x{}", HEXLOWER.encode(&Keccak256::digest(&point.as_bytes()[1..])[12..]))
            }
            Self::Solana(signer) => bs58::encode(signer.verifying_key().as_bytes()).into_string(),
        };
        spelled.parse().unwrap()
    }

    fn sign(&self, text: &str) -> String {
        match self {
            Self::Evm(signer) => {
                let text = format!("\x19Ethereum Signed Message:\n{}{text}", text.len());
                let (signature, recovery) = signer.sign_prehash_recoverable(&Keccak256::digest(text));
                format!("0x{}{:02x}", HEXLOWER.encode(&signature.to_bytes()), recovery.to_byte() + 27)
            }
            Self::Solana(signer) => bs58::encode(signer.sign(text.as_bytes()).to_bytes()).into_string(),
        }
    }
}

fn judged(challenge: &Challenge, signature: &str, seconds: i64) -> Result<(), ProofError> {
    let asked = (&user("auth0|test123"), &challenge.public_key);
    verify(&site(), challenge, asked, signature, at(seconds)).map(|proven| assert_eq!(proven.challenge(), challenge))
}

#[test]
fn the_text_of_an_evm_wallet_is_that_of_erc_4361() {
    let challenge = challenge("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".parse().unwrap());
    assert_eq!(
        message(&site(), &challenge),
        "app.example.com wants you to sign in with your Ethereum account:\n\
         0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n\n\
         Link this key to the account usr_tlrofji4bfbyd37m4eyy3a6ius. This moves nothing and costs nothing.\n\n\
         URI: https://app.example.com/link\nVersion: 1\nChain ID: 1\nNonce: 00000000000000000000000000000007\n\
         Issued At: 2023-11-14T22:13:20Z\nExpiration Time: 2023-11-14T22:23:20Z"
    );
}

#[test]
fn a_solana_wallet_signs_the_like_of_it() {
    let text = message(&site(), &challenge("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v".parse().unwrap()));
    let begin = "app.example.com wants you to sign in with your Solana account:\nEPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v\n\n";
    assert!(text.starts_with(begin) && text.contains("\nChain ID: mainnet\n"), "{text}");
}

#[test]
fn the_holder_is_believed_for_ten_minutes() {
    for wallet in Wallet::both(1) {
        let challenge = challenge(wallet.key());
        let signature = wallet.sign(&message(&site(), &challenge));
        assert_eq!(judged(&challenge, &signature, 0), Ok(()));
        assert_eq!(judged(&challenge, &signature, 599), Ok(()));
        assert_eq!(judged(&challenge, &signature, 600), Err(ProofError::Expired));
    }
}

#[test]
fn the_last_byte_of_an_evm_signature_may_be_written_in_two_ways_and_no_more() {
    let [wallet, _] = Wallet::both(1);
    let challenge = challenge(wallet.key());
    let signature = wallet.sign(&message(&site(), &challenge));
    let (parts, v) = signature.split_at(130);
    let v = u8::from_str_radix(v, 16).unwrap();
    assert_eq!(judged(&challenge, &format!("{parts}{:02x}", v - 27), 0), Ok(()));
    assert_eq!(judged(&challenge, &format!("0x{}{v:02X}", parts[2..].to_uppercase()), 0), Ok(()));
    assert_eq!(judged(&challenge, &format!("{parts}{:02x}", 55 - v), 0), Err(ProofError::Mismatch));
    for wrong in [2_u8, 3, 26, 29, 35, 255] {
        assert_eq!(judged(&challenge, &format!("{parts}{wrong:02x}"), 0), Err(ProofError::Malformed), "{wrong}");
    }
}

#[test]
fn the_high_s_twin_of_a_signature_is_refused() {
    let [wallet, _] = Wallet::both(1);
    let challenge = challenge(wallet.key());
    let bytes = HEXLOWER.decode(&wallet.sign(&message(&site(), &challenge)).as_bytes()[2..]).unwrap();
    let low = k256::ecdsa::Signature::from_slice(&bytes[..64]).unwrap();
    let (r, s) = low.split_scalars();
    let high = k256::ecdsa::Signature::from_scalars(r, -*s).unwrap();
    let twin = format!("0x{}{:02x}", HEXLOWER.encode(&high.to_bytes()), 55 - bytes[64]);
    assert_eq!(judged(&challenge, &twin, 0), Err(ProofError::HighS));
}

#[test]
fn a_signature_for_anything_else_is_refused() {
    for (wallet, stranger) in Wallet::both(1).into_iter().zip(Wallet::both(2)) {
        let right = challenge(wallet.key());
        let others = [
            Challenge { user_id: user("auth0|somebody"), ..right.clone() },
            Challenge { nonce: Nonce::of(8), ..right.clone() },
            Challenge { issued_at: at(1), ..right.clone() },
        ];
        for other in &others {
            let signature = wallet.sign(&message(&site(), other));
            assert_eq!(judged(&right, &signature, 0), Err(ProofError::Mismatch), "{other:?}");
        }
        let elsewhere = Site::new("evil.example.com".parse().unwrap(), "https://app.example.com/link".parse().unwrap());
        let text = message(&site(), &right);
        for signature in [wallet.sign(&message(&elsewhere, &right)), stranger.sign(&text), wallet.sign(&text[1..])] {
            assert_eq!(judged(&right, &signature, 0), Err(ProofError::Mismatch));
        }
    }
}

#[test]
fn another_users_and_another_keys_challenge_is_refused_however_well_it_is_signed() {
    let [wallet, other] = Wallet::both(1);
    let challenge = challenge(wallet.key());
    let signature = wallet.sign(&message(&site(), &challenge));
    let asked = |user: &UserId, key: &PublicKey| verify(&site(), &challenge, (user, key), &signature, at(0)).err();
    assert_eq!(asked(&user("auth0|somebody"), &wallet.key()), Some(ProofError::OtherUser));
    assert_eq!(asked(&user("auth0|test123"), &other.key()), Some(ProofError::OtherKey));
}

#[test]
fn what_no_wallet_writes_is_malformed() {
    let [evm, solana] = Wallet::both(1);
    let right = evm.sign(&message(&site(), &challenge(evm.key())));
    let short = &right[..130];
    let zero_s = format!("{}{}1b", &right[..66], "0".repeat(64));
    for wrong in ["", "0x", short, &right[2..], &format!("{right}00"), &format!("{right} "), &zero_s] {
        assert_eq!(judged(&challenge(evm.key()), wrong, 0), Err(ProofError::Malformed), "{wrong}");
    }
    let right = solana.sign(&message(&site(), &challenge(solana.key())));
    let long = "z".repeat(1 << 20);
    for wrong in ["", &right[4..], &format!("1{right}"), &format!("{right} "), &format!("0x{right}"), &long] {
        assert_eq!(judged(&challenge(solana.key()), wrong, 0), Err(ProofError::Malformed), "{wrong}");
    }
}

#[test]
fn a_signature_without_a_secret_is_refused() {
    // R the neutral point, s zero: the plain check takes this of a key of low order in one text of eight.
    let mut forged = [0_u8; 64];
    forged[0] = 1;
    let [_, solana] = Wallet::both(1);
    let forged = bs58::encode(forged).into_string();
    assert_eq!(judged(&challenge(solana.key()), &forged, 0), Err(ProofError::Mismatch));
}

#[test]
fn only_an_authority_is_a_domain_and_only_a_web_address_a_uri() {
    for right in ["example.com", "localhost:3000", "127.0.0.1:80", "[::1]:3000"] {
        assert!(right.parse::<Domain>().is_ok(), "{right}");
    }
    for wrong in ["", "https://example.com", "example.com/a", "a@example.com", "a b", "exämple.com", "a\nb"] {
        assert_eq!(wrong.parse::<Domain>(), Err(SiteError::Domain), "{wrong}");
    }
    assert!("http://localhost:3000".parse::<SiteUri>().is_ok());
    for wrong in ["", "example.com", "ftp://example.com", "https://", "https://a b", "/a", "https://a/\n"] {
        assert_eq!(wrong.parse::<SiteUri>(), Err(SiteError::Uri), "{wrong}");
    }
}
