//! The change feed: each write of the table's stream, told to the audit trail and to the event bus.
//!
//! Both are told in the order of the stream, user by user. At the first write that cannot be told, the feed stops and
//! names it, and the stream comes again from there: everything is told at least once, and nothing out of order.

mod group;
mod record;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::aws;
use shared::bus::{Bus, Event, MOST_EVENTS};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, EventBus, Tables};
use shared::domain::{Changed, Happening, SequenceNumber};
use shared::invocation::Failure;
use shared::store::AuditTrail;
use shared::telemetry;
use shared::wire::change_event::ChangeEvent;

use group::groups;
use record::Record;

/// A small part of the function's own time, so that a slow service fails a write and not the batch.
const PATIENCE: Duration = Duration::from_secs(8);
/// How many writes are recorded at once.
const SIDE_BY_SIDE: usize = 10;

/// What the function stands on.
pub struct App {
    /// The audit trail.
    pub trail: AuditTrail,
    /// The bus; without one, only the trail is written.
    pub bus: Option<Bus>,
    /// The time.
    pub clock: Clock,
}

/// A write, and what it did.
struct Told<'a> {
    record: &'a Record,
    changed: Changed,
}

/// An event, and which of the writes it belongs to.
struct Heard {
    write: usize,
    user: String,
    event: Event,
}

impl App {
    /// The function as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (aws, bus) = (Aws::from_env(env)?, EventBus::from_env(env)?);
        let http = aws::http_client(&aws);
        let bus = bus.map(|bus| Bus::open(&bus, &aws, http.clone(), PATIENCE));
        let trail = AuditTrail::new(aws::dynamodb(&aws, http, PATIENCE), &Tables::from_env(env));
        Ok(Self { trail, bus, clock: Clock::system() })
    }

    /// Opens the connections before the first batch.
    pub async fn primed(self) -> Self {
        self.trail.prime().await;
        if let Some(bus) = &self.bus {
            bus.prime().await;
        }
        self
    }

    /// Tells a batch, `{"Records": [{eventName, dynamodb: {SequenceNumber, Keys, OldImage?, NewImage?, …}}]}`, and names
    /// the first record that could not be told: `{"batchItemFailures": [{"itemIdentifier"}]}`.
    pub async fn handle(&self, event: Value) -> Result<Value, Failure> {
        let records = record::read(event).map_err(|bad| Failure::from(bad).logged())?;
        let (told, unreadable) = decided(&records);
        let mut counts = BTreeMap::new();
        let mut failed = None;
        for group in groups(&told, SIDE_BY_SIDE, |told| told.changed.user_id.as_str()) {
            let stopped_at = self.tell(group).await;
            for change in group.iter().take(stopped_at.unwrap_or(group.len())).flat_map(|told| &told.changed.changes) {
                *counts.entry(change.what.as_str()).or_default() += 1;
            }
            failed = stopped_at.and_then(|at| group.get(at)).map(|told| told.record.sequence_number());
            if failed.is_some() {
                break;
            }
        }
        counts.insert("failed", u64::from(failed.is_some()));
        counts.insert("unreadable", u64::from(failed.is_none() && unreadable.is_some()));
        let failed = failed.or(unreadable);
        telemetry::emit(&self.clock, &[("Door", "change-feed")], &counts.into_iter().collect::<Vec<_>>());
        let failures: Vec<Value> = failed.into_iter().map(|number| json!({"itemIdentifier": number})).collect();
        Ok(json!({"batchItemFailures": failures}))
    }

    /// Tells writes to different users, the trail first. The position of the first that could not be told.
    async fn tell(&self, group: &[Told<'_>]) -> Option<usize> {
        let recorded = join_all(group.iter().map(|told| self.trail.record(&told.changed))).await;
        let unrecorded = recorded.iter().position(Result::is_err);
        if let Some(Err(error)) = unrecorded.and_then(|at| recorded.get(at)) {
            tracing::error!(cause = %error, "a change could not be recorded");
        }
        let recorded = group.get(..unrecorded.unwrap_or(group.len())).unwrap_or_default();
        let unheard = self.publish(recorded).await;
        unheard.or(unrecorded)
    }

    /// Publishes what these writes did, in order. The position of the first whose events are not all on the bus.
    async fn publish(&self, writes: &[Told<'_>]) -> Option<usize> {
        let bus = self.bus.as_ref()?;
        let heard = writes.iter().enumerate().flat_map(|(write, told)| events(write, &told.changed));
        let heard: Vec<Heard> = heard.collect();
        // EventBridge takes each event for itself: of one user, the next one must wait until this one is there.
        for group in groups(&heard, MOST_EVENTS, |heard| heard.user.as_str()) {
            let events: Vec<Event> = group.iter().map(|heard| heard.event.clone()).collect();
            if let Err(refused) = bus.publish(&events).await {
                tracing::error!(cause = %refused, "a change could not be published");
                return group.get(refused.at).or(group.first()).map(|heard| heard.write);
            }
        }
        None
    }
}

/// What each record did, up to the first that cannot be read, and that one's number.
fn decided(records: &[Record]) -> (Vec<Told<'_>>, Option<&str>) {
    let mut told = Vec::new();
    for record in records {
        match record.changed() {
            Ok(changed) => told.extend(changed.map(|changed| Told { record, changed })),
            Err(unreadable) => {
                let number = record.sequence_number();
                let known = SequenceNumber::parse(number);
                let known = known.as_ref().map(SequenceNumber::as_str);
                tracing::error!(record = known, cause = %unreadable, "a record cannot be read");
                return (told, Some(number));
            }
        }
    }
    (told, None)
}

fn events(write: usize, changed: &Changed) -> Vec<Heard> {
    let heard = |(what, detail): (Happening, ChangeEvent<'_>)| Heard {
        write,
        user: changed.user_id.to_string(),
        // A struct of texts and numbers always becomes JSON.
        event: Event {
            name: what.as_str(),
            at: changed.at,
            detail: serde_json::to_string(&detail).unwrap_or_default(),
        },
    };
    ChangeEvent::all_of(changed).map(heard).collect()
}
