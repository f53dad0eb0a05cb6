//! Functions that are invoked directly: how a failure is told, by the same codes as a problem of the HTTP routes.

use serde_json::Value;

use crate::aws::SecretsUnavailable;
use crate::customers;
use crate::provider::{AccessError, ProviderError};
use crate::reconcile::ReconcileError;
use crate::store::StoreError;
use crate::wire::json::BadBody;

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

    /// Says in the log how an invocation ended that was refused or failed.
    pub fn logged(self) -> Self {
        let Self { code, message } = &self;
        if matches!(*code, "internal" | "unavailable") {
            tracing::error!(code, cause = message, "failed");
        } else {
            tracing::info!(code, cause = message, "refused");
        }
        self
    }
}

impl From<BadBody> for Failure {
    fn from(bad: BadBody) -> Self {
        Self::new(bad.code, bad.detail)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Unavailable { .. } => "unavailable",
            StoreError::Corrupt { .. } => "internal",
        };
        Self::new(code, error.to_string())
    }
}

impl From<SecretsUnavailable> for Failure {
    fn from(error: SecretsUnavailable) -> Self {
        Self::new("unavailable", error.to_string())
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Self::new(code(&error), error.to_string())
    }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Off(_) => Self::new("source_not_configured", error.to_string()),
            AccessError::Secret(error) => error.into(),
            AccessError::Provider(error) => error.into(),
        }
    }
}

impl From<customers::AccessError> for Failure {
    fn from(error: customers::AccessError) -> Self {
        match error {
            customers::AccessError::Secrets(error) => error.into(),
            customers::AccessError::Stripe(error) => error.into(),
        }
    }
}

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        let code = match error {
            ReconcileError::Provider(error) => return error.into(),
            ReconcileError::Strangers { .. } => "foreign_realm",
            ReconcileError::Incomplete { .. } | ReconcileError::Unlisted { .. } => "listing_failed",
            ReconcileError::LeaseLost { .. } => "lease_lost",
            ReconcileError::Store(_) => "unavailable",
            ReconcileError::Hopeless { .. } => "too_many_failures",
        };
        Self::new(code, error.to_string())
    }
}

/// What passes by itself, and what a new export mends, have codes of their own: whoever invoked tries again.
fn code(error: &ProviderError) -> &'static str {
    match error {
        ProviderError::Foreign { .. } => "foreign_realm",
        ProviderError::Unreachable { .. } | ProviderError::Refused { status: 429 | 500.., .. } => {
            "provider_unavailable"
        }
        ProviderError::Export { .. } => "export_failed",
        _ => "listing_failed",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Call;

    #[test]
    fn what_is_worth_another_attempt_has_a_code_of_its_own() {
        let call = Call { provider: "clerk", operation: "list its users" };
        let refused = |status| ProviderError::Refused { call, status };
        for (error, expected) in [
            (ProviderError::Unreachable { call, why: "no connection" }, "provider_unavailable"),
            (refused(429), "provider_unavailable"),
            (refused(502), "provider_unavailable"),
            (refused(422), "listing_failed"),
            (ProviderError::Export { call, what: "run again" }, "export_failed"),
            (ProviderError::Unreadable { call, what: "no JSON" }, "listing_failed"),
            (ProviderError::Unauthorized { call, status: 401, look_at: "" }, "listing_failed"),
            (ProviderError::Foreign { provider: "clerk", realm: "instance", look_at: "" }, "foreign_realm"),
        ] {
            assert_eq!(Failure::from(error).code, expected, "{error}");
            assert_eq!(Failure::from(ReconcileError::from(error)).code, expected, "{error}");
        }
    }
}
