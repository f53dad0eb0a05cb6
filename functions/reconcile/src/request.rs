//! What an invocation asks for.

use serde_json::Value;
use shared::invocation::{Failure, asked_name};
use shared::provider::SourceName;
use shared::reconcile::{CLAIMS, Mode, Order};

/// What is to be compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A provider's users with the table.
    Users(SourceName),
    /// The claims with the rows that list them.
    Claims,
}

/// One invocation: `{"source": "auth0"|"clerk", "mode": "check"|"apply", "deleteOrphans"?, "owner"?, "resume"?}`, or
/// `{"source": "claims", "mode": "check"}`.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is compared.
    pub subject: Subject,
    /// What the run is asked for.
    pub order: Order,
}

impl Request {
    /// Reads the event.
    pub fn read(event: &Value) -> Result<Self, Failure> {
        let invalid = |message: &str| Failure::new("request_invalid", message);
        let subject = match event.get("source").and_then(Value::as_str) {
            Some("auth0") => Subject::Users(SourceName::Auth0),
            Some("clerk") => Subject::Users(SourceName::Clerk),
            Some(CLAIMS) => Subject::Claims,
            _ => return Err(invalid("source must be \"auth0\", \"clerk\" or \"claims\"")),
        };
        let mode = match event.get("mode").and_then(Value::as_str) {
            Some("check") => Mode::Check,
            Some("apply") if subject != Subject::Claims => Mode::Apply,
            Some("apply") => return Err(invalid("mode must be \"check\": claims are mended by a person")),
            _ => return Err(invalid("mode must be \"check\" or \"apply\"")),
        };
        let delete_orphans = match event.get("deleteOrphans") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(delete)) => *delete,
            Some(_) => return Err(invalid("deleteOrphans must be true or false")),
        };
        let (owner, resume) = (asked_name(event, "owner")?, asked_name(event, "resume")?);
        Ok(Self { subject, order: Order { delete_orphans, owner, resume, ..Order::new(mode) } })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
            json!({"source": "claims", "mode": "apply"}),
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
