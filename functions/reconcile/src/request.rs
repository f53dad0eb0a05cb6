//! What an invocation asks for, and how a failure is told.

use serde_json::Value;
use shared::aws::SecretsUnavailable;
use shared::provider::ProviderError;
use shared::reconcile::{Mode, Order, ReconcileError};
use shared::store::StoreError;

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
        Self::new(code(&error), error.to_string())
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

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        let code = match &error {
            ReconcileError::Provider(error) => code(error),
            ReconcileError::Strangers { .. } => "foreign_realm",
            ReconcileError::Incomplete { .. } => "listing_failed",
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

/// A provider that can be reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// One invocation: `{"source": "auth0"|"clerk", "mode": "check"|"apply", "deleteOrphans"?, "owner"?, "resume"?}`.
#[derive(Clone, Debug)]
pub struct Request {
    /// The provider.
    pub source: SourceName,
    /// What the run is asked for.
    pub order: Order,
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
        let delete_orphans = match event.get("deleteOrphans") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(delete)) => *delete,
            Some(_) => return Err(invalid("deleteOrphans must be true or false")),
        };
        let (owner, resume) = (name(event, "owner")?, name(event, "resume")?);
        Ok(Self { source, order: Order { delete_orphans, owner, resume, ..Order::new(mode) } })
    }
}

/// A short text without control characters, if it is there.
fn name(event: &Value, field: &str) -> Result<Option<String>, Failure> {
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
    use serde_json::json;
    use shared::provider::Call;

    use super::*;

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

    #[test]
    fn whatever_is_not_asked_for_by_name_is_refused() {
        let read = |event: Value| Request::read(&event).map(|request| request.order.delete_orphans);
        assert_eq!(read(json!({"source": "clerk", "mode": "check", "deleteOrphans": false, "more": 1})), Ok(false));
        assert_eq!(read(json!({"source": "clerk", "mode": "apply", "deleteOrphans": true, "owner": "me"})), Ok(true));
        for wrong in [
            json!(null),
            json!({}),
            json!({"source": "clerk"}),
            json!({"source": "github", "mode": "check"}),
            json!({"source": "clerk", "mode": "delete"}),
            json!({"source": "clerk", "mode": "sync"}),
            json!({"source": "clerk", "mode": "apply", "deleteOrphans": "no"}),
            json!({"source": "clerk", "mode": "apply", "owner": ""}),
            json!({"source": "clerk", "mode": "apply", "owner": 5}),
            json!({"source": "clerk", "mode": "apply", "resume": "a\nb"}),
        ] {
            assert_eq!(Request::read(&wrong).map_err(|failure| failure.code).err(), Some("request_invalid"), "{wrong}");
        }
    }
}
