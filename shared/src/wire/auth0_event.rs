//! Auth0's events: CloudEvents 1.0, as a webhook brings them or in EventBridge's envelope.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::auth0_user::Auth0User;
use super::json::{self, BadBody};
use crate::clock::Timestamp;
use crate::domain::{Identity, Ignored, Provider, UserEvent, too_old};

/// Reads a message. Events of another tenant than ours are foreign, whatever else is in them.
///
/// Source: the schemas of `user.created`, `user.updated` and `user.deleted` in Auth0's event catalogue.
pub fn read(message: &[u8], tenant: Option<&str>, now: Timestamp) -> Result<UserEvent, BadBody> {
    let message = json::object(message)?;
    let event = cloud_event(&message).ok_or_else(|| BadBody::missing("specversion"))?;
    if tenant.is_some_and(|ours| event.get("a0tenant").and_then(Value::as_str) != Some(ours)) {
        return Ok(UserEvent::Ignored(Ignored::Foreign));
    }
    if event.get("a0purpose").and_then(Value::as_str) == Some("test") {
        return Ok(UserEvent::Ignored(Ignored::Test));
    }
    let kind = match event.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(_) => return Err(BadBody::invalid("type", "a text")),
        None => return Err(BadBody::missing("type")),
    };
    if !matches!(kind, "user.created" | "user.updated" | "user.deleted") {
        return Ok(UserEvent::Ignored(Ignored::UnknownKind));
    }
    let sent_at = event.get("time").ok_or_else(|| BadBody::missing("time")).and_then(|time| read_time(time, "time"))?;
    if too_old(sent_at, now) {
        return Ok(UserEvent::Ignored(Ignored::TooOld));
    }
    let user = event.get("data").and_then(|data| data.get("object")).ok_or_else(|| BadBody::missing("data.object"))?;
    if kind == "user.deleted" { deleted(user) } else { told(user, sent_at) }
}

/// The message itself, or what EventBridge wraps, or what that wraps once more: the one that names its `specversion`.
///
/// How Auth0 fills EventBridge's `detail` is not documented, so both ways of it are taken.
fn cloud_event(message: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let is_one = |it: &&Map<String, Value>| it.contains_key("specversion");
    let detail = message.get("detail").and_then(Value::as_object);
    let nested = detail.into_iter().flat_map(Map::values).filter_map(Value::as_object);
    Some(message).into_iter().chain(detail).chain(nested).find(is_one)
}

fn read_time(value: &Value, field: &str) -> Result<Timestamp, BadBody> {
    let invalid = || BadBody::invalid(field, "a time in RFC 3339");
    value.as_str().and_then(Timestamp::from_rfc3339).ok_or_else(invalid)
}

fn deleted(user: &Value) -> Result<UserEvent, BadBody> {
    let field = "data.object.deleted_at";
    let at = user.get("deleted_at").ok_or_else(|| BadBody::missing(field)).and_then(|at| read_time(at, field))?;
    Ok(UserEvent::Deleted(identity(&read_user(user)?)?, at))
}

fn told(user: &Value, observed_at: Timestamp) -> Result<UserEvent, BadBody> {
    let user = read_user(user)?;
    let times = || BadBody::invalid("data.object.created_at and updated_at", "times in RFC 3339");
    Ok(UserEvent::Told(identity(&user)?, user.profile(observed_at).ok_or_else(times)?))
}

fn read_user(user: &Value) -> Result<Auth0User, BadBody> {
    Auth0User::deserialize(user).map_err(|_| BadBody::invalid("data.object", "a user of Auth0"))
}

fn identity(user: &Auth0User) -> Result<Identity, BadBody> {
    let field = "data.object.user_id";
    let subject = user.subject().ok_or_else(|| BadBody::missing(field))?;
    Identity::new(Provider::auth0(), subject).map_err(|_| BadBody::invalid(field, "a text of 1 to 1,024 bytes"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::json;

    use super::*;

    fn event(kind: &str) -> Value {
        json!({"specversion": "1.0", "type": kind, "source": "urn:auth0:t", "id": "evt_1", "a0tenant": "t",
            "a0stream": "est_1", "time": "2025-02-01T12:34:56Z", "data": {"object": {"user_id": "auth0|a",
                "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-02T00:00:00Z", "identities": [],
                "deleted_at": "2025-02-01T12:34:55.123Z", "name": "Ada"}}})
    }

    fn with(pointer: &str, value: Value) -> Value {
        let mut event = event("user.created");
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        event.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(field.to_owned(), value);
        event
    }

    /// What a message means to the tenant `t`, a month and a bit after its events, in a word.
    fn meaning(message: &Value) -> String {
        let now = Timestamp::from_rfc3339("2025-03-01T12:34:56Z").unwrap();
        match read(message.to_string().as_bytes(), Some("t"), now) {
            Ok(UserEvent::Told(identity, profile)) => format!("{} {}", identity.subject(), profile.version()),
            Ok(UserEvent::Deleted(identity, at)) => format!("{} {at}", identity.subject()),
            Ok(UserEvent::Ignored(why)) => why.as_str().to_owned(),
            Err(bad) => bad.detail,
        }
    }

    #[test]
    fn a_profile_is_as_of_the_envelope_and_a_deletion_as_of_its_own_time() {
        let version = "auth0|a 17357760000001738413296000";
        assert_eq!(meaning(&event("user.created")), version);
        assert_eq!(meaning(&event("user.updated")), version);
        assert_eq!(meaning(&event("user.deleted")), "auth0|a 1738413295123");
    }

    #[test]
    fn an_event_is_found_in_either_nesting_of_eventbridge() {
        let plain = event("user.created");
        let once =
            json!({"version": "0", "source": "aws.partner/auth0.com/t/auth0.events", "time": "odd", "detail": plain});
        let twice = json!({"version": "0", "detail": {"id": "x", "data": plain}});
        assert_eq!(meaning(&once), meaning(&plain));
        assert_eq!(meaning(&twice), meaning(&plain));
        assert_eq!(meaning(&json!({"detail": {"a": {"b": plain}}})), "specversion is required");
        assert_eq!(meaning(&json!({"detail": "x"})), "specversion is required");
    }

    #[test]
    fn a_foreign_tenant_is_judged_before_all_else() {
        for odd in [json!("other"), json!("T"), json!(5), Value::Null] {
            assert_eq!(meaning(&with("/a0tenant", odd)), "foreign");
        }
        assert_eq!(meaning(&json!({"specversion": 5})), "foreign");
        let message = json!({"specversion": "1.0", "a0tenant": "other", "a0purpose": "test", "type": 5});
        assert_eq!(meaning(&message), "foreign");
    }

    #[test]
    fn what_means_nothing_here_says_why() {
        assert_eq!(meaning(&with("/a0purpose", json!("test"))), "test");
        assert_eq!(meaning(&event("organization.created")), "unknown_kind");
        assert_eq!(meaning(&with("/time", json!("2025-02-01T12:34:55Z"))), "too_old");
        assert_ne!(meaning(&with("/time", json!("2026-01-01T00:00:00Z"))), "too_old", "a clock may go ahead");
    }

    #[test]
    fn what_cannot_be_read_names_its_field_and_no_value() {
        for (pointer, value, detail) in [
            ("/type", json!(5), "type must be a text"),
            ("/time", json!("canary"), "time must be a time in RFC 3339"),
            ("/data", json!("canary"), "data.object is required"),
            ("/data/object", json!("canary"), "data.object must be a user of Auth0"),
            ("/data/object/user_id", Value::Null, "data.object.user_id is required"),
            ("/data/object/user_id", json!("a".repeat(1025)), "data.object.user_id must be a text of 1 to 1,024 bytes"),
            (
                "/data/object/updated_at",
                json!("canary"),
                "data.object.created_at and updated_at must be times in RFC 3339",
            ),
        ] {
            assert_eq!(meaning(&with(pointer, value)), detail);
        }
        let mut deleted = event("user.deleted");
        deleted.pointer_mut("/data/object").unwrap().as_object_mut().unwrap().remove("deleted_at");
        assert_eq!(meaning(&deleted), "data.object.deleted_at is required");
    }
}
