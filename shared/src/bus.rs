//! An event bus of EventBridge: where other systems hear what happened to users.

use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};

use crate::aws::{self, kind_of_failure};
use crate::clock::Timestamp;
use crate::config::{Aws, EventBus};

/// Who speaks: the `source` of every event.
const SOURCE: &str = "identity-spine";
/// How many events EventBridge takes at once.
pub const MOST_EVENTS: usize = 10;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its `detail-type`.
    pub name: &'static str,
    /// When it happened.
    pub at: Timestamp,
    /// Its `detail`, a JSON object.
    pub detail: String,
}

/// An event was not taken. It names a kind, never what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("PutEvents is unavailable: {kind}")]
pub struct Refused {
    /// Which of the events, the first of them where several were not.
    pub at: usize,
    /// The service's own code, or how the request failed.
    pub kind: String,
}

/// One bus.
#[derive(Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// The bus as configured, whose requests end within `patience`.
    pub fn open(bus: &EventBus, aws: &Aws, http: SharedHttpClient, patience: Duration) -> Self {
        Self { client: aws::eventbridge(aws, http, patience, bus.endpoint.as_deref()), name: bus.name.clone() }
    }

    /// Opens the connection ahead of the first event, by a request without any, which EventBridge refuses.
    pub async fn prime(&self) {
        // What it answers does not matter, and neither does a failure: the first event tells.
        let _ = self.client.put_events().set_entries(Some(Vec::new())).send().await;
    }

    /// Publishes these, at most [`MOST_EVENTS`]. Each is taken or refused for itself, so one that comes after a refused
    /// one may be on the bus already.
    pub async fn publish(&self, events: &[Event]) -> Result<(), Refused> {
        let entries = events.iter().map(|event| self.entry(event)).collect();
        let answer = self.client.put_events().set_entries(Some(entries)).send().await;
        let answer = answer.map_err(|error| Refused { at: 0, kind: kind_of_failure(&error) })?;
        if answer.failed_entry_count == 0 {
            return Ok(());
        }
        let at = answer.entries().iter().position(|entry| entry.error_code.is_some());
        let kind = at.and_then(|at| answer.entries().get(at)).and_then(PutEventsResultEntry::error_code);
        // A code is a name; its message may tell what was sent.
        let kind = kind.filter(|code| code.bytes().all(|byte| byte.is_ascii_alphabetic())).unwrap_or("unknown answer");
        Err(Refused { at: at.unwrap_or(0), kind: kind.to_owned() })
    }

    fn entry(&self, event: &Event) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(event.name)
            .time(DateTime::from_millis(event.at.millis()))
            .detail(&event.detail)
            .build()
    }
}
