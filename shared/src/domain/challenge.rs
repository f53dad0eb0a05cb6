//! A challenge: what one user is asked to sign with one key, once and soon.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use data_encoding::HEXLOWER;

use super::identity::UserId;
use super::public_key::PublicKey;
use crate::clock::Timestamp;

/// 32 lower-case hexadecimal digits: 128 bits that nobody can guess.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce(String);

/// The text is no nonce of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a nonce has 32 lower-case hexadecimal digits")]
pub struct NonceError;

impl Nonce {
    /// The nonce of these random bits.
    pub fn of(random: u128) -> Self {
        Self(HEXLOWER.encode(&random.to_be_bytes()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Nonce {
    type Err = NonceError;

    fn from_str(text: &str) -> Result<Self, NonceError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if digits && text.len() == 32 { Ok(Self(text.to_owned())) } else { Err(NonceError) }
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Who is asked.
    pub user_id: UserId,
    /// In which life: the `created_at` of their row. A signature for one life links nothing in the next.
    pub life: Timestamp,
    /// Which key must sign.
    pub public_key: PublicKey,
    /// Its name.
    pub nonce: Nonce,
    /// When it was made.
    pub issued_at: Timestamp,
}

impl Challenge {
    /// How long it can be answered.
    pub const LASTS: Duration = Duration::from_secs(600);
    /// How many of a user can be open at once.
    pub const MOST_OPEN: usize = 5;

    /// From when on it can no longer be answered.
    pub fn expires_at(&self) -> Timestamp {
        self.issued_at.plus(Self::LASTS)
    }

    /// Whether it can no longer be answered.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_32_digits_and_nothing_else() {
        let nonce = Nonce::of(0xab);
        assert_eq!(nonce.as_str(), "000000000000000000000000000000ab");
        assert_eq!(nonce.as_str().parse(), Ok(nonce));
        let upper = "000000000000000000000000000000AB";
        for wrong in ["", "ab", upper, "000000000000000000000000000000ag", "000000000000000000000000000000abc"] {
            assert_eq!(wrong.parse::<Nonce>(), Err(NonceError), "{wrong}");
        }
    }
}
