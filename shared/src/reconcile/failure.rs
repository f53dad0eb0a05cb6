//! How a failed run is told to whoever invoked it.

use serde_json::Value;

use super::error::ReconcileError;
use crate::aws::SecretsUnavailable;
use crate::customers::AccessError;
use crate::provider::ProviderError;
use crate::store::StoreError;

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

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new("unavailable", error.to_string())
    }
}

impl From<SecretsUnavailable> for Failure {
    fn from(error: SecretsUnavailable) -> Self {
        Self::new("unavailable", error.to_string())
    }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Secrets(error) => error.into(),
            AccessError::Stripe(error) => error.into(),
        }
    }
}

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        let code = match error {
            ReconcileError::Provider(ProviderError::Foreign { .. }) | ReconcileError::Strangers { .. } => {
                "foreign_realm"
            }
            ReconcileError::Provider(_) | ReconcileError::Incomplete { .. } | ReconcileError::Unlisted { .. } => {
                "listing_failed"
            }
            ReconcileError::LeaseLost { .. } => "lease_lost",
            ReconcileError::Store(_) => "unavailable",
            ReconcileError::Hopeless { .. } => "too_many_failures",
        };
        Self::new(code, error.to_string())
    }
}

/// A short text without control characters in an event, if it is there.
pub fn asked_name(event: &Value, field: &str) -> Result<Option<String>, Failure> {
    let invalid = || Failure::new("request_invalid", format!("{field} must be a text of 1 to 256 characters"));
    match event.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if (1..=256).contains(&text.len()) && !text.contains(char::is_control) => {
            Ok(Some(text.clone()))
        }
        Some(_) => Err(invalid()),
    }
}
