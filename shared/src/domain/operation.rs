//! What an operator does by hand: what, who, and why.

use std::fmt;
use std::str::FromStr;

use crate::clock::Timestamp;

/// An operator's name: 1 to 64 bytes without control characters and outer spaces. It goes into `changed_by`.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor(String);

/// Why an operator does it: 1 to 256 bytes without control characters and outer spaces.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason(String);

/// The text is no name or no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a text of 1 to {most} bytes without control characters")]
pub struct OperationError {
    most: usize,
}

impl Actor {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Actor {
    type Err = OperationError;

    fn from_str(text: &str) -> Result<Self, OperationError> {
        plain(text, 64).map(Self)
    }
}

impl Reason {
    /// The reason.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = OperationError;

    fn from_str(text: &str) -> Result<Self, OperationError> {
        plain(text, 256).map(Self)
    }
}

fn plain(text: &str, most: usize) -> Result<String, OperationError> {
    let text = text.trim();
    if text.is_empty() || text.len() > most || text.contains(char::is_control) {
        Err(OperationError { most })
    } else {
        Ok(text.to_owned())
    }
}

/// What an operator does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Its word: `clear`, `erase`, `restore`, `transfer`.
    pub name: &'static str,
    /// Who.
    pub actor: &'a Actor,
    /// Why.
    pub reason: &'a Reason,
    /// When, by our clock.
    pub at: Timestamp,
}

/// Who and why may name people.
impl fmt::Debug for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).field("at", &self.at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_name_and_a_reason_are_short_plain_texts() {
        assert_eq!(" eve ".parse::<Actor>().unwrap().as_str(), "eve");
        for wrong in ["", "  ", "a\nb", "\u{1b}[2J", &"e".repeat(65)] {
            assert!(wrong.parse::<Actor>().is_err(), "{wrong:?}");
        }
        assert!("r".repeat(256).parse::<Reason>().is_ok());
        for wrong in ["", " \t", "a\u{0}b", &"r".repeat(257)] {
            assert!(wrong.parse::<Reason>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn neither_who_nor_why_is_shown_in_passing() {
        let (actor, reason) = ("canary".parse().unwrap(), "canary".parse().unwrap());
        let operation = Operation { name: "erase", actor: &actor, reason: &reason, at: Timestamp::ZERO };
        assert!(!format!("{operation:?}").contains("canary"));
    }
}
