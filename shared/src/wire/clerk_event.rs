//! The envelope of Clerk's events.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::clerk_user::ClerkUser;
use super::json::{self, BadBody};
use crate::clock::Timestamp;
use crate::domain::{Identity, Ignored, Provider, UserEvent, too_old};
use crate::signature::Verified;

/// Reads a body that was signed. Events of another instance than ours are foreign, whatever else is in them.
pub fn read(verified: Verified<'_>, instance_id: Option<&str>, now: Timestamp) -> Result<UserEvent, BadBody> {
    let envelope = json::object(verified.body())?;
    if instance_id.is_some_and(|ours| envelope.get("instance_id").and_then(Value::as_str) != Some(ours)) {
        return Ok(UserEvent::Ignored(Ignored::Foreign));
    }
    let kind = match envelope.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(_) => return Err(BadBody::invalid("type", "a text")),
        None => return Err(BadBody::missing("type")),
    };
    if !matches!(kind, "user.created" | "user.updated" | "user.deleted") {
        return Ok(UserEvent::Ignored(Ignored::UnknownKind));
    }
    let sent_at = timestamp(&envelope)?;
    if too_old(sent_at, now) {
        return Ok(UserEvent::Ignored(Ignored::TooOld));
    }
    let data = match envelope.get("data") {
        Some(data @ Value::Object(_)) => data,
        Some(_) => return Err(BadBody::invalid("data", "an object")),
        None => return Err(BadBody::missing("data")),
    };
    if kind == "user.deleted" { deleted(data, sent_at) } else { told(data, sent_at) }
}

fn timestamp(envelope: &Map<String, Value>) -> Result<Timestamp, BadBody> {
    let number = envelope.get("timestamp").ok_or_else(|| BadBody::missing("timestamp"))?;
    let invalid = || BadBody::invalid("timestamp", "a whole number of milliseconds or seconds since 1970");
    number.as_i64().and_then(Timestamp::from_seconds_or_millis).ok_or_else(invalid)
}

fn deleted(data: &Value, at: Timestamp) -> Result<UserEvent, BadBody> {
    match data.get("id") {
        None | Some(Value::Null) => Ok(UserEvent::Ignored(Ignored::WithoutId)),
        Some(Value::String(id)) if id.is_empty() => Ok(UserEvent::Ignored(Ignored::WithoutId)),
        Some(Value::String(id)) => Ok(UserEvent::Deleted(identity(id)?, at)),
        Some(_) => Err(BadBody::invalid("data.id", "a text")),
    }
}

fn told(data: &Value, observed_at: Timestamp) -> Result<UserEvent, BadBody> {
    let user = ClerkUser::deserialize(data).map_err(|_| BadBody::invalid("data", "a user of Clerk"))?;
    let id = user.subject().ok_or_else(|| BadBody::missing("data.id"))?;
    let times =
        || BadBody::invalid("data.created_at and data.updated_at", "times in milliseconds or seconds since 1970");
    let profile = user.profile(observed_at).ok_or_else(times)?;
    Ok(UserEvent::Told(identity(id)?, profile))
}

fn identity(id: &str) -> Result<Identity, BadBody> {
    Identity::new(Provider::clerk(), id).map_err(|_| BadBody::invalid("data.id", "a text of 1 to 1,024 bytes"))
}
