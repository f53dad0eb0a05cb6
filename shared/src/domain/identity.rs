//! Who a row stands for, and the `user_id` that is computed from it.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// The name of a configured realm: `auth0`, `clerk`, or any other of 1 to 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provider(String);

impl Provider {
    /// Auth0's realm: one tenant, whatever its domains.
    pub fn auth0() -> Self {
        Self("auth0".to_owned())
    }

    /// Clerk's realm: one instance.
    pub fn clerk() -> Self {
        Self("clerk".to_owned())
    }

    /// A realm by its name.
    pub fn named(name: &str) -> Result<Self, IdentityError> {
        if name.is_empty() || name.len() > 64 { Err(IdentityError::Provider) } else { Ok(Self(name.to_owned())) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a deleted subject of this realm can sign up anew under the same id.
    ///
    /// Clerk draws its ids at random and lets administrators change `created_at`, so a Clerk subject has one life.
    pub fn reuses_subjects(&self) -> bool {
        self.0 != "clerk"
    }
}

/// A subject within a realm. The subject is 1 to 1,024 bytes of any text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    provider: Provider,
    subject: String,
}

/// Why a text is no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The realm's name is empty or too long.
    #[error("the provider must have 1 to 64 bytes")]
    Provider,
    /// The subject is empty or too long.
    #[error("the subject must have 1 to 1,024 bytes")]
    Subject,
}

impl Identity {
    /// The subject of a realm.
    pub fn new(provider: Provider, subject: impl Into<String>) -> Result<Self, IdentityError> {
        let subject = subject.into();
        if subject.is_empty() || subject.len() > 1024 {
            return Err(IdentityError::Subject);
        }
        Ok(Self { provider, subject })
    }

    /// The realm.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The subject, as the provider spells it.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The row that stands for this identity, whoever writes it first.
    pub fn user_id(&self) -> UserId {
        UserId::of(self.provider.as_str(), &self.subject)
    }
}

/// `usr_` and 26 characters of lower-case base32: 130 bits of SHA-256 over the identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

/// The first part of what is hashed: another kind of hash, or another version of this one, can never be equal.
const DOMAIN: &str = "identity-spine/user-id/v1";
const DIGITS: usize = 26;

impl UserId {
    fn of(provider: &str, subject: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [DOMAIN, provider, subject] {
            // The length goes first, so that no two identities can run into the same bytes.
            hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut id = BASE32_NOPAD.encode(&hash.finalize());
        id.make_ascii_lowercase();
        id.truncate(DIGITS);
        id.insert_str(0, "usr_");
        Self(id)
    }

    /// Reads an id; `None` if it is not of the form.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("usr_")?;
        let valid =
            digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
        valid.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as its 130 bits: 16 bytes, and 2 bits beyond them. A map of a million users wants this form.
    pub fn bits(&self) -> Option<(u128, u8)> {
        let digits = self.0.strip_prefix("usr_")?;
        digits.bytes().try_fold((0_u128, 0_u8), |(high, low), digit| {
            let value = match digit {
                b'a'..=b'z' => digit - b'a',
                b'2'..=b'7' => digit - b'2' + 26,
                _ => return None,
            };
            // The register holds 130 bits: the last two in `low`, the rest in `high`.
            Some(((high << 5) | (u128::from(low) << 3) | u128::from(value >> 2), value & 3))
        })
    }

    /// The id of these 130 bits, see [`UserId::bits`].
    pub fn from_bits((high, low): (u128, u8)) -> Self {
        let mut digits = String::with_capacity(4 + DIGITS);
        digits.push_str("usr_");
        for place in (0..DIGITS).rev() {
            let value = if place == 0 {
                u8::try_from((high & 7) << 2).unwrap_or(0) | (low & 3)
            } else {
                u8::try_from((high >> (place * 5 - 2)) & 31).unwrap_or(0)
            };
            digits.push(char::from(if value < 26 { b'a' + value } else { b'2' + value - 26 }));
        }
        Self(digits)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    fn id(provider: &str, subject: &str) -> String {
        Identity::new(Provider::named(provider).unwrap(), subject).unwrap().user_id().to_string()
    }

    #[test]
    fn the_three_settled_vectors_hold() {
        assert_eq!(id("auth0", "auth0|test123"), "usr_tlrofji4bfbyd37m4eyy3a6ius");
        assert_eq!(id("clerk", "user_29w83sxmDNGwOuEthce5gg56FcC"), "usr_55pcqdgufycx6zqv35x6jcdiam");
        assert_eq!(id("game", "ünï|#/%"), "usr_tw34veuqdqbpnxsgtwygluundv");
    }

    #[test]
    fn moving_a_letter_between_realm_and_subject_is_another_user() {
        assert_ne!(id("ab", "c"), id("a", "bc"));
    }

    #[test]
    fn empty_and_over_long_identities_are_refused() {
        assert_eq!(Provider::named(""), Err(IdentityError::Provider));
        assert_eq!(Identity::new(Provider::auth0(), ""), Err(IdentityError::Subject));
        assert_eq!(Identity::new(Provider::auth0(), "x".repeat(1025)), Err(IdentityError::Subject));
    }

    #[test]
    fn only_the_exact_form_is_an_id() {
        assert!(UserId::parse("usr_tlrofji4bfbyd37m4eyy3a6ius").is_some());
        for wrong in [
            "usr_tlrofji4bfbyd37m4eyy3a6iu",
            "usr_TLROFJI4BFBYD37M4EYY3A6IUS",
            "usr_tlrofji4bfbyd37m4eyy3a6iu1",
            "tlro",
        ] {
            assert_eq!(UserId::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_id_survives_its_bits(subject in ".{1,64}") {
            let id = Identity::new(Provider::auth0(), subject).unwrap().user_id();
            prop_assert_eq!(UserId::from_bits(id.bits().unwrap()), id);
        }
    }
}
