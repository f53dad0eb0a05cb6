//! What an invocation asks for, and how a failure is told.

use serde_json::Value;
use shared::aws::SecretsUnavailable;
use shared::provider::ProviderError;
use shared::reconcile::{Mode, ReconcileError};

/// A failed invocation: a stable code, and what to do. Neither holds a value of anybody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `errorType`, as Lambda spells it.
    pub code: &'static str,
    /// `errorMessage`.
    pub message: String,
}

impl Failure {
    /// A failure.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Self::new("listing_failed", error.to_string())
    }
}

impl From<SecretsUnavailable> for Failure {
    fn from(error: SecretsUnavailable) -> Self {
        Self::new("unavailable", error.to_string())
    }
}

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        let code = match error {
            ReconcileError::Provider(_) | ReconcileError::Incomplete { .. } => "listing_failed",
            ReconcileError::Store(_) => "unavailable",
            ReconcileError::Hopeless { .. } => "too_many_failures",
        };
        Self::new(code, error.to_string())
    }
}

/// A provider that can be reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceName {
    /// Auth0.
    Auth0,
    /// Clerk.
    Clerk,
}

impl SourceName {
    /// The realm's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Clerk => "clerk",
        }
    }
}

/// One invocation: `{"source": "auth0"|"clerk", "mode": "check"|"apply"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The provider.
    pub source: SourceName,
    /// What the run may do.
    pub mode: Mode,
}

impl Request {
    /// Reads the event.
    pub fn read(event: &Value) -> Result<Self, Failure> {
        let invalid = |message: &str| Failure::new("request_invalid", message);
        let source = match event.get("source").and_then(Value::as_str) {
            Some("auth0") => SourceName::Auth0,
            Some("clerk") => SourceName::Clerk,
            _ => return Err(invalid("source must be \"auth0\" or \"clerk\"")),
        };
        let mode = match event.get("mode").and_then(Value::as_str) {
            Some("check") => Mode::Check,
            Some("apply") => Mode::Apply,
            _ => return Err(invalid("mode must be \"check\" or \"apply\"")),
        };
        match event.get("deleteOrphans") {
            None | Some(Value::Null | Value::Bool(false)) => Ok(Self { source, mode }),
            Some(Value::Bool(true)) => {
                Err(invalid("deleteOrphans is not there yet: orphans are reported, never deleted"))
            }
            Some(_) => Err(invalid("deleteOrphans must be true or false")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_is_not_asked_for_by_name_is_refused() {
        assert!(Request::read(&json!({"source": "clerk", "mode": "check", "deleteOrphans": false, "more": 1})).is_ok());
        for wrong in [
            json!(null),
            json!({}),
            json!({"source": "clerk"}),
            json!({"source": "github", "mode": "check"}),
            json!({"source": "clerk", "mode": "delete"}),
            json!({"source": "clerk", "mode": "apply", "deleteOrphans": true}),
            json!({"source": "clerk", "mode": "apply", "deleteOrphans": "no"}),
        ] {
            assert_eq!(Request::read(&wrong).map_err(|failure| failure.code), Err("request_invalid"), "{wrong}");
        }
    }
}
