//! Secrets: texts that no log, error or comparison can give away.

mod text;

pub use text::SecretText;
