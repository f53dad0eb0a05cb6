//! The webhook of a change: Clerk's envelope, to be signed as Svix does.

use serde_json::{Value, json};

use super::ClerkStandIn;
use super::register::Register;
use super::user::User;
use crate::delivery::{Message, Seal};
use crate::stand_in::draw::Draw;

/// What happened to a user.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<'a> {
    Created(&'a User),
    Updated(&'a User),
    Deleted(&'a User),
}

impl Event<'_> {
    fn kind(self) -> &'static str {
        match self {
            Self::Created(_) => "user.created",
            Self::Updated(_) => "user.updated",
            Self::Deleted(_) => "user.deleted",
        }
    }

    fn data(self) -> Value {
        match self {
            Self::Created(user) | Self::Updated(user) => user.to_json(),
            Self::Deleted(user) => deleted("user", &user.id, user.external_id.as_deref()),
        }
    }

    fn user(self) -> String {
        let (Self::Created(user) | Self::Updated(user) | Self::Deleted(user)) = self;
        user.id.clone()
    }
}

/// The `DeletedObject` of the specification; `external_id` is there when the object had one.
pub(super) fn deleted(object: &str, id: &str, external_id: Option<&str>) -> Value {
    let mut it = json!({ "object": object, "id": id, "deleted": true });
    if let (Some(external_id), Some(it)) = (external_id, it.as_object_mut()) {
        it.insert("external_id".to_owned(), external_id.into());
    }
    it
}

impl ClerkStandIn {
    /// Tells the system, in the order in which the register changed: so the caller holds its lock.
    pub(super) fn tell(&self, draw: &mut Draw, event: Event<'_>, at: i64) {
        let body = json!({
            "object": "event",
            "type": event.kind(),
            "timestamp": at,
            "instance_id": self.it.instance_id,
            "data": event.data(),
            "event_attributes": {
                "http_request": { "client_ip": "127.0.0.1", "user_agent": "clerk-stand-in/1" },
            },
        });
        self.it.outbox.send(Message {
            lane: event.user(),
            target: None,
            path: "",
            body: body.to_string().into(),
            seal: Seal::Svix { key: self.it.signing.clone(), id: draw.base62("msg_") },
        });
    }

    /// Puts a changed user into the register and tells of it.
    pub(super) fn changed(&self, register: &mut Register, user: User) -> User {
        register.put(user.clone());
        self.tell(&mut register.draw, Event::Updated(&user), user.updated_at);
        user
    }
}
