//! Secret texts, which no log, error or comparison can give away.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A secret. It has no `Clone` and no `PartialEq`, and its `Debug` is redacted: only [`SecretText::expose`] gives it away.
pub struct SecretText(String);

impl SecretText {
    /// Takes charge of a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// What tells whether secrets are still the same, and nothing else of them: 32 hexadecimal digits.
///
/// Without `key`, nobody can try guesses against it. Names and lengths are part of it, so that no two lists are mixed up.
pub fn fingerprint<'a>(key: &SecretText, parts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).ok()?;
    mac.update(b"identity-spine fingerprint of secrets v1");
    for (name, text) in parts {
        for part in [name, text] {
            mac.update(&u64::try_from(part.len()).ok()?.to_be_bytes());
            mac.update(part.as_bytes());
        }
    }
    Some(mac.finalize().into_bytes().iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_each_name_each_text_and_the_key_and_with_nothing_else() {
        let of = |key: &str, parts: &[(&str, &str)]| fingerprint(&SecretText::new(key), parts.iter().copied());
        let first = of("key", &[("a", "one"), ("b", "two")]);
        assert_eq!(first.as_ref().map(String::len), Some(32));
        assert_eq!(first, of("key", &[("a", "one"), ("b", "two")]));
        let others = [
            of("another", &[("a", "one"), ("b", "two")]),
            of("key", &[("a", "one"), ("b", "twO")]),
            of("key", &[("a", "oneb"), ("", "two")]),
            of("key", &[("a", "one")]),
            of("key", &[("b", "two"), ("a", "one")]),
        ];
        assert!(others.iter().all(|other| *other != first), "{others:?}");
    }
}
