//! A stand-in of Clerk: its users, the Backend API over them, and a signed webhook for each change.
//!
//! It follows Clerk's published specification of the Backend API (version 2026-05-12) and of its
//! webhooks (2025-04-15). Where that is silent, the doc comment of the place says what is assumed.

mod attached;
mod body;
mod changes;
mod crowd;
mod filter;
mod http;
mod json;
mod list;
mod options;
mod order;
mod page;
mod people;
mod range;
mod refused;
mod register;
mod session_token;
mod snapshot;
mod user;
mod webhook;
mod writes;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::delivery::{Outbox, SvixKey};
use crate::stand_in::front::Front;
use crate::stand_in::limit::Window;
use crate::stand_in::signing::SigningKeys;
use crate::stand_in::{clock, lock};

pub use changes::{NewEmail, NewUser, UserPatch};
pub use crowd::crowd_user;
pub use filter::Filter;
pub use options::{BadOptions, ClerkOptions};
pub use page::{Order, OrderBy, PageOf};
pub use refused::Refused;
pub use session_token::SessionToken;
pub use user::{EmailAddress, User};

use register::Register;

/// Clerk, on this machine. Clones share one state.
#[derive(Clone, Debug)]
pub struct ClerkStandIn {
    it: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    secret_key: String,
    instance_id: String,
    signing: Arc<SvixKey>,
    limit: Mutex<Option<Window>>,
    register: Mutex<Register>,
    /// What the last listing asked for: the page that a fault may repeat.
    last_page: Mutex<PageOf>,
    outbox: Outbox,
    front: Front,
    issuer: String,
    tokens: SigningKeys,
}

impl ClerkStandIn {
    /// The way webhooks go: target, faults, counters.
    pub fn outbox(&self) -> &Outbox {
        &self.it.outbox
    }

    /// Request counts, and the faults of listings.
    pub fn front(&self) -> &Front {
        &self.it.front
    }

    /// Sends webhooks there from now on; changes made before are not told.
    pub fn set_webhook_url(&self, url: impl Into<String>) {
        self.it.outbox.set_target(Some(url.into()));
    }

    /// Waits until every webhook is delivered, lost or given up.
    pub async fn idle(&self) {
        self.it.outbox.idle().await;
    }

    /// The limit of requests in ten seconds.
    pub fn rate(&self) -> Option<u32> {
        lock(&self.it.limit).as_ref().map(Window::most)
    }

    /// Sets another limit, whose ten seconds begin now; none, when there is none here.
    pub fn set_rate(&self, requests_per_10_s: Option<u32>) {
        *lock(&self.it.limit) = requests_per_10_s.map(|most| Window::new(most, clock::instant()));
    }

    /// Requests so far, by `METHOD /route/{parameter}`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.it.front.requests()
    }

    /// One user, if there.
    pub fn user(&self, id: &str) -> Option<User> {
        lock(&self.it.register).anyone(id).map(Cow::into_owned)
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        lock(&self.it.register).len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
