//! The envelope of Clerk's events.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::clerk_user::ClerkUser;
use super::json::{self, BadBody};
use crate::clock::Timestamp;
use crate::domain::{Identity, Profile, Provider};
use crate::signature::Verified;

/// The oldest envelope that is applied: younger than any tombstone's end, so that no replay outlives one.
const OLDEST: Duration = Duration::from_secs(28 * 86_400);

/// What an event means here.
#[derive(Debug)]
pub enum ClerkEvent {
    /// A user as of `user.created` or `user.updated`.
    Told(Identity, Profile),
    /// `user.deleted`, by the envelope's clock.
    Deleted(Identity, Timestamp),
    /// Nothing to do, and why: acknowledged and counted.
    Ignored(Ignored),
}

/// Why an event is acknowledged and not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// Of another instance.
    Foreign,
    /// Of a kind that we do not know.
    UnknownKind,
    /// A replay from more than 28 days ago.
    TooOld,
    /// `user.deleted` that does not say whom.
    WithoutId,
}

impl Ignored {
    /// The word for it in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::UnknownKind => "unknown_kind",
            Self::TooOld => "too_old",
            Self::WithoutId => "without_id",
        }
    }
}

impl ClerkEvent {
    /// Reads a body that was signed. Events of another instance than ours are foreign, whatever else is in them.
    pub fn read(verified: Verified<'_>, instance_id: Option<&str>, now: Timestamp) -> Result<Self, BadBody> {
        let envelope = json::object(verified.body())?;
        if instance_id.is_some_and(|ours| envelope.get("instance_id").and_then(Value::as_str) != Some(ours)) {
            return Ok(Self::Ignored(Ignored::Foreign));
        }
        let kind = match envelope.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(_) => return Err(BadBody::invalid("type", "a text")),
            None => return Err(BadBody::missing("type")),
        };
        if !matches!(kind, "user.created" | "user.updated" | "user.deleted") {
            return Ok(Self::Ignored(Ignored::UnknownKind));
        }
        let sent_at = timestamp(&envelope)?;
        if now.since(sent_at) > OLDEST {
            return Ok(Self::Ignored(Ignored::TooOld));
        }
        let data = match envelope.get("data") {
            Some(data @ Value::Object(_)) => data,
            Some(_) => return Err(BadBody::invalid("data", "an object")),
            None => return Err(BadBody::missing("data")),
        };
        if kind == "user.deleted" { deleted(data, sent_at) } else { told(data, sent_at) }
    }
}

fn timestamp(envelope: &Map<String, Value>) -> Result<Timestamp, BadBody> {
    let number = envelope.get("timestamp").ok_or_else(|| BadBody::missing("timestamp"))?;
    let invalid = || BadBody::invalid("timestamp", "a whole number of milliseconds or seconds since 1970");
    number.as_i64().and_then(Timestamp::from_seconds_or_millis).ok_or_else(invalid)
}

fn deleted(data: &Value, at: Timestamp) -> Result<ClerkEvent, BadBody> {
    match data.get("id") {
        None | Some(Value::Null) => Ok(ClerkEvent::Ignored(Ignored::WithoutId)),
        Some(Value::String(id)) if id.is_empty() => Ok(ClerkEvent::Ignored(Ignored::WithoutId)),
        Some(Value::String(id)) => Ok(ClerkEvent::Deleted(identity(id)?, at)),
        Some(_) => Err(BadBody::invalid("data.id", "a text")),
    }
}

fn told(data: &Value, observed_at: Timestamp) -> Result<ClerkEvent, BadBody> {
    let user = ClerkUser::deserialize(data).map_err(|_| BadBody::invalid("data", "a user of Clerk"))?;
    let id = user.subject().ok_or_else(|| BadBody::missing("data.id"))?;
    let times =
        || BadBody::invalid("data.created_at and data.updated_at", "times in milliseconds or seconds since 1970");
    let profile = user.profile(observed_at).ok_or_else(times)?;
    Ok(ClerkEvent::Told(identity(id)?, profile))
}

fn identity(id: &str) -> Result<Identity, BadBody> {
    Identity::new(Provider::clerk(), id).map_err(|_| BadBody::invalid("data.id", "a text of 1 to 1,024 bytes"))
}
