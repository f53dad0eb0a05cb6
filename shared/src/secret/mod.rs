//! Secrets: texts that no log, error or comparison can give away, and where they are read from.

mod held;
mod text;

pub use held::{Secret, SecretsUnavailable};
pub use text::SecretText;
