//! Auth0's events: what happened to a user, told to each event stream that wants to know and delivers by webhook.
//!
//! The envelope is that of Auth0's published schemas. Where these are silent, it is assumed that each login is told as
//! an update, because it moves `updated_at`, and that an account which is unlinked is told as a creation.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Auth0StandIn;
use super::refused::Refused;
use super::register::Register;
use super::tenant::{Authorization, Destination, Stream};
use super::user::User;
use crate::delivery::{Failed, Message, Outbox, Seal};
use crate::stand_in::clock::{self, iso};
use crate::stand_in::lock;

/// What happened to a user.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<'a> {
    Created(&'a User),
    Updated { before: &'a User, after: &'a User },
    Deleted(&'a User),
}

impl Event<'_> {
    fn kind(self) -> &'static str {
        match self {
            Self::Created(_) => "user.created",
            Self::Updated { .. } => "user.updated",
            Self::Deleted(_) => "user.deleted",
        }
    }

    fn user_id(self) -> String {
        let (Self::Created(user) | Self::Deleted(user) | Self::Updated { after: user, .. }) = self;
        user.user_id.clone()
    }

    fn data(self, tenant: &str, at: i64) -> Value {
        let context = json!({ "tenant": { "id": tenant } });
        match self {
            Self::Created(user) => json!({ "object": user.to_json(), "context": context }),
            Self::Updated { before, after } => {
                json!({ "object": after.to_json(), "previous_object": before.to_json(), "context": context })
            }
            Self::Deleted(user) => {
                let mut object = user.to_json();
                if let Some(object) = object.as_object_mut() {
                    object.insert("deleted_at".to_owned(), iso(at).into());
                }
                json!({ "object": object, "context": context })
            }
        }
    }
}

impl Auth0StandIn {
    /// The way events go: faults, counters, and what was given up. Where they go, each stream says.
    pub fn events(&self) -> &Outbox {
        &self.it.events
    }

    /// Tells the streams, in the order in which the register changed: so the caller holds its lock.
    pub(super) fn tell(&self, register: &mut Register, event: Event<'_>) {
        let at = clock::now_ms();
        let streams: Vec<Stream> = {
            let tenant = lock(&self.it.tenant);
            let wants = |stream: &&Stream| stream.enabled && stream.subscriptions.iter().any(|it| it == event.kind());
            tenant.streams().iter().filter(wants).cloned().collect()
        };
        if streams.is_empty() {
            return;
        }
        let id = register.draw.letters("evt_", 22);
        let data = event.data(&self.it.options.tenant, at);
        for stream in streams {
            let body = self.envelope(&stream.id, event.kind(), &id, at, &data);
            deliver(&self.it.events, stream, event.user_id(), &body);
        }
    }

    fn envelope(&self, stream: &str, kind: &str, id: &str, at: i64, data: &Value) -> Value {
        let tenant = &self.it.options.tenant;
        json!({
            "specversion": "1.0", "type": kind, "source": format!("urn:auth0:{tenant}.auth0.local"), "id": id,
            "time": iso(at), "data": data, "a0tenant": tenant, "a0stream": stream,
        })
    }

    /// Sends a stream an event that says of itself that it is a test.
    pub(super) fn send_test(&self, stream: &str, kind: &str) -> Result<Value, Refused> {
        let stream = lock(&self.it.tenant).stream(stream)?.clone();
        let user = User { user_id: "auth0|test".to_owned(), ..User::default() };
        let event = match kind {
            "user.created" => Event::Created(&user),
            "user.updated" => Event::Updated { before: &user, after: &user },
            "user.deleted" => Event::Deleted(&user),
            _ => {
                return Err(Refused::Body("event_type is none of user.created, user.updated, user.deleted".to_owned()));
            }
        };
        let (at, id) = (clock::now_ms(), lock(&self.it.register).draw.letters("evt_", 22));
        let data = event.data(&self.it.options.tenant, at);
        let mut body = self.envelope(&stream.id, kind, &id, at, &data);
        if let Some(body) = body.as_object_mut() {
            body.insert("a0purpose".to_owned(), "test".into());
        }
        let told = json!({ "id": id, "event_stream_id": stream.id, "event_type": kind, "attempts": [] });
        deliver(&self.it.events, stream, event.user_id(), &body);
        Ok(told)
    }
}

fn deliver(outbox: &Outbox, stream: Stream, user_id: String, body: &Value) {
    let Destination::Webhook { webhook_endpoint, webhook_authorization } = stream.destination else {
        return;
    };
    let seal = match webhook_authorization {
        Authorization::Bearer { token } => Seal::Bearer(Arc::from(token)),
        Authorization::Basic { username, password } => {
            let pair = STANDARD.encode(format!("{username}:{password}"));
            Seal::Header { name: "authorization".to_owned(), value: Arc::from(format!("Basic {pair}")) }
        }
        Authorization::CustomHeader { header_key, header_value } => {
            Seal::Header { name: header_key, value: Arc::from(header_value) }
        }
    };
    outbox.send(Message {
        lane: format!("{} {user_id}", stream.id),
        target: Some(Arc::from(webhook_endpoint)),
        path: "",
        body: body.to_string().into(),
        seal,
    });
}

/// A delivery that was given up, as the Management API tells it; nothing, where it is of another stream.
pub(super) fn told_failure(failed: &Failed, stream: &str) -> Option<Value> {
    let event: Value = serde_json::from_slice(&failed.message.body).ok()?;
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("a0stream") != stream {
        return None;
    }
    let attempts: Vec<Value> = failed
        .attempts
        .iter()
        .map(|it| json!({ "status": "failed", "timestamp": iso(it.at), "error_message": it.error }))
        .collect();
    let data = event.get("data").map(Value::to_string);
    Some(json!({
        "id": text("id"), "event_stream_id": stream, "status": "failed", "event_type": text("type"),
        "attempts": attempts,
        "event": { "id": text("id"), "source": text("source"), "specversion": text("specversion"),
            "type": text("type"), "time": text("time"), "data": data },
    }))
}
