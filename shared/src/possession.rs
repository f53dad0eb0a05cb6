//! Proof that somebody holds a key: the text that a wallet signs, and [`verify`], the only maker of a [`Proven`].
//!
//! The text is built here and compared by signature alone, so that nothing of it is ever parsed.
//! Sources: ERC-4361 (Sign-In with Ethereum) and its like for Solana, for the text; ERC-191 for what an EVM wallet signs
//! of it. An ed25519 wallet signs the text's own bytes.

mod evm;
mod solana;

use std::str::FromStr;

use crate::clock::Timestamp;
use crate::domain::{Challenge, KeyType, PublicKey, UserId};

/// The site that wallets show: an authority such as `example.com` or `localhost:3000`, and a URI of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    domain: Domain,
    uri: SiteUri,
}

/// What a wallet compares with the page that asks: a host, and a port where it is not the usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

/// The subject of the signing: an http or https URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteUri(String);

/// The text is no site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// No domain.
    #[error("must be a host, with its port where that is not the usual one, and nothing else")]
    Domain,
    /// No URI.
    #[error("must be an http or https URI")]
    Uri,
}

impl FromStr for Domain {
    type Err = SiteError;

    fn from_str(text: &str) -> Result<Self, SiteError> {
        let authority: http::uri::Authority = text.parse().map_err(|_| SiteError::Domain)?;
        let plain = !text.contains('@') && !authority.host().is_empty();
        if plain && text.is_ascii() { Ok(Self(text.to_owned())) } else { Err(SiteError::Domain) }
    }
}

impl FromStr for SiteUri {
    type Err = SiteError;

    fn from_str(text: &str) -> Result<Self, SiteError> {
        let uri: http::Uri = text.parse().map_err(|_| SiteError::Uri)?;
        let of_the_web = matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some();
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if of_the_web && visible { Ok(Self(text.to_owned())) } else { Err(SiteError::Uri) }
    }
}

impl Site {
    /// A site.
    pub fn new(domain: Domain, uri: SiteUri) -> Self {
        Self { domain, uri }
    }
}

/// The text that the wallet of this challenge's key signs. The same challenge gives the same text at any time.
pub fn message(site: &Site, challenge: &Challenge) -> String {
    let (chain, chain_id) = match challenge.public_key.key_type() {
        // One address is one key on every chain of its kind; the text wants one named, and the first of each does.
        KeyType::Evm => ("Ethereum", "1"),
        KeyType::Solana => ("Solana", "mainnet"),
    };
    let Domain(domain) = &site.domain;
    let SiteUri(uri) = &site.uri;
    let Challenge { user_id, public_key, nonce, issued_at, .. } = challenge;
    let (issued, expires) = (issued_at.to_rfc3339(), challenge.expires_at().to_rfc3339());
    format!(
        "{domain} wants you to sign in with your {chain} account:\n{public_key}\n\n\
         Link this key to the account {user_id}. This moves nothing and costs nothing.\n\n\
         URI: {uri}\nVersion: 1\nChain ID: {chain_id}\nNonce: {nonce}\nIssued At: {issued}\nExpiration Time: {expires}"
    )
}

/// A challenge that the holder of its key answered in time. There is no other way to one than [`verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven<'a> {
    challenge: &'a Challenge,
}

impl<'a> Proven<'a> {
    /// What was answered.
    pub fn challenge(&self) -> &'a Challenge {
        self.challenge
    }
}

/// Why a signature proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The challenge is another user's.
    #[error("the challenge was made for another user")]
    OtherUser,
    /// The challenge is another key's.
    #[error("the challenge was made for another key")]
    OtherKey,
    /// The time is over.
    #[error("the challenge has expired")]
    Expired,
    /// The signature is not spelled as a wallet of this kind of key spells one.
    #[error(
        "the signature is malformed: 0x and 130 hexadecimal digits of an EVM key, base58 of 64 bytes of an ed25519 key"
    )]
    Malformed,
    /// A valid signature has a twin that anybody can make of it; wallets make the other one.
    #[error("the signature is not in its canonical form, with s in the lower half")]
    HighS,
    /// It is not the key's signature of the challenge's text.
    #[error("the signature is not the key's signature of the challenge's message")]
    Mismatch,
}

/// Verifies that the holder of `key` answered `challenge` for `user` in time, with `signature` as wallets spell it.
pub fn verify<'a>(
    site: &Site,
    challenge: &'a Challenge,
    (user, key): (&UserId, &PublicKey),
    signature: &str,
    now: Timestamp,
) -> Result<Proven<'a>, ProofError> {
    if challenge.user_id != *user {
        return Err(ProofError::OtherUser);
    }
    if challenge.public_key != *key {
        return Err(ProofError::OtherKey);
    }
    if challenge.has_expired(now) {
        return Err(ProofError::Expired);
    }
    let text = message(site, challenge);
    match key.key_type() {
        KeyType::Evm => evm::verify(key, &text, signature)?,
        KeyType::Solana => solana::verify(key, &text, signature)?,
    }
    Ok(Proven { challenge })
}

#[cfg(test)]
mod tests;
