//! One message on its way to the system.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;

use super::svix::SvixKey;

/// A JSON body, how it proves where it comes from, and where it goes.
#[derive(Debug)]
pub struct Message {
    /// Whom it is about; messages of one lane keep their order.
    pub lane: String,
    /// Where it goes, if it has a target of its own instead of the outbox's.
    pub target: Option<Arc<str>>,
    /// What follows the target, such as `/auth0/upsert-user`; may be empty.
    pub path: &'static str,
    /// The exact bytes.
    pub body: Bytes,
    /// The proof of its origin.
    pub seal: Seal,
}

/// How the receiver knows a message to be genuine.
pub enum Seal {
    /// Svix's three headers. The identifier stays the same on retries and repeats, the time does not.
    Svix {
        /// What signs.
        key: Arc<SvixKey>,
        /// `msg_…`.
        id: String,
    },
    /// `Authorization: Bearer …`.
    Bearer(Arc<str>),
    /// Another header.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: Arc<str>,
    },
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Svix { id, .. } => write!(formatter, "Svix({id})"),
            Self::Bearer(_) => formatter.write_str("Bearer(…)"),
            Self::Header { name, .. } => write!(formatter, "Header({name})"),
        }
    }
}

impl Message {
    /// Puts headers and body on a request; `now` is in seconds.
    pub(crate) fn onto(&self, request: RequestBuilder, now: i64) -> RequestBuilder {
        let request = request.header(CONTENT_TYPE, "application/json").body(self.body.clone());
        match &self.seal {
            Seal::Svix { key, id } => request
                .header("svix-id", id)
                .header("svix-timestamp", now)
                .header("svix-signature", key.sign(id, now, &self.body)),
            Seal::Bearer(secret) => request.bearer_auth(secret),
            Seal::Header { name, value } => request.header(name, value.as_ref()),
        }
    }
}
