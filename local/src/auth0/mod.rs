//! A stand-in of Auth0: its users, the Management API over them, and logins that run the post-login Action.
//!
//! It follows Auth0's published specification of the Management API and its documentation. Where these are
//! silent, the doc comment of the place says what is assumed.

mod administration;
mod changes;
mod crowd;
mod events;
mod exports;
mod field;
mod http;
mod identities;
mod json;
mod linking;
mod list;
mod login;
mod options;
mod outage;
mod people;
mod query;
mod refused;
mod register;
mod scope;
mod snapshot;
mod tenant;
mod token;
mod user;
mod user_token;
mod writes;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::delivery::Outbox;
use crate::stand_in::front::Front;
use crate::stand_in::limit::{Bucket, Rate};
use crate::stand_in::signing::SigningKeys;
use crate::stand_in::{clock, lock};

pub use changes::{NewUser, UserPatch};
pub use crowd::crowd_user;
pub use exports::ExportFaults;
pub use list::{Page, PageOf};
pub use login::{Login, LoginBody};
pub use options::Auth0Options;
pub use outage::Outage;
pub use query::{BadQuery, Query};
pub use refused::Refused;
pub use scope::ALL_SCOPES;
pub use tenant::{Action, ActionPatch, Destination, NewAction, NewSecret, Stream, Trigger};
pub use user::{Identity, User};
pub use user_token::UserToken;

use exports::Exports;
use register::Register;
use tenant::Tenant;
use token::Tokens;

/// Auth0, on this machine. Clones share one state.
#[derive(Clone, Debug)]
pub struct Auth0StandIn {
    it: Arc<Inner>,
}

struct Inner {
    options: Auth0Options,
    base_url: Mutex<String>,
    action_secret: Arc<str>,
    limit: Mutex<Option<Bucket>>,
    register: Mutex<Register>,
    tokens: Mutex<Tokens>,
    last_page: Mutex<PageOf>,
    exports: Exports,
    tenant: Mutex<Tenant>,
    outage: Mutex<Option<Outage>>,
    outbox: Outbox,
    events: Outbox,
    front: Front,
    signing: SigningKeys,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Inner").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Auth0StandIn {
    /// The way the Action's calls go: target, faults, counters.
    pub fn outbox(&self) -> &Outbox {
        &self.it.outbox
    }

    /// Request counts, and the faults of listings.
    pub fn front(&self) -> &Front {
        &self.it.front
    }

    /// The base URL of the routes whose `/auth0/upsert-user` the Action calls from now on.
    pub fn set_login_target(&self, base_url: impl Into<String>) {
        self.it.outbox.set_target(Some(base_url.into()));
    }

    /// Where this stand-in listens, when that is known only late.
    pub fn set_base_url(&self, base_url: &str) {
        base_url.trim_end_matches('/').clone_into(&mut lock(&self.it.base_url));
    }

    /// The audience of a Management API token.
    pub fn audience(&self) -> String {
        let named = self.it.options.audience.clone();
        named.unwrap_or_else(|| format!("{}/api/v2/", lock(&self.it.base_url)))
    }

    /// Waits until no call of the Action is under way, and every event is delivered, lost or given up.
    pub async fn idle(&self) {
        self.it.outbox.idle().await;
        self.it.events.idle().await;
    }

    /// The Management API's limit of rate.
    pub fn rate(&self) -> Option<Rate> {
        lock(&self.it.limit).as_ref().map(Bucket::rate)
    }

    /// Sets another limit, whose bucket begins full; none, when there is none here.
    pub fn set_rate(&self, rate: Option<Rate>) {
        *lock(&self.it.limit) = rate.map(|rate| Bucket::new(rate, clock::instant()));
    }

    /// Requests so far, by `METHOD /route/{parameter}`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.it.front.requests()
    }

    /// One user, if there. A linked secondary account is not.
    pub fn user(&self, user_id: &str) -> Option<User> {
        lock(&self.it.register).anyone(user_id).map(Cow::into_owned)
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
