//! One secret text.

use std::fmt;

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
