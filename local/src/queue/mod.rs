//! A stand-in for SQS: the queue of Auth0's events and its dead letters, as `template.yaml` defines them, in memory.
//!
//! It is at least once and in no order, as SQS is: what is received and not deleted in time comes again, and what came
//! too often is given up to the dead-letter queue. It speaks SQS's JSON protocol without its MD5 sums.

mod api;
mod definition;
mod mapping;
mod shelf;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use shared::clock::{Clock, instant};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::stand_in::lock;
use crate::tables::TemplateError;

pub(crate) use api::answer;
use definition::Definition;
pub(crate) use mapping::deliver;
pub use shelf::Which;
use shelf::{Received, Shelf};

/// Both queues. Clones share them.
#[derive(Clone)]
pub struct Queues {
    it: Arc<Inner>,
}

struct Inner {
    definition: Definition,
    shelf: Mutex<Shelf>,
    changes: watch::Sender<()>,
}

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Ready to be received, or waiting for it.
    pub waiting: usize,
    /// Received, and neither deleted nor given back.
    pub in_flight: usize,
}

impl Queues {
    /// Empty queues, as the template defines them.
    pub fn of_template() -> Result<Self, TemplateError> {
        let definition = Definition::of_template()?;
        let shelf = Mutex::new(Shelf::new(definition.max_receives));
        Ok(Self { it: Arc::new(Inner { definition, shelf, changes: watch::Sender::new(()) }) })
    }

    /// A queue's URL, where the API is served at `origin`.
    pub fn url(origin: &str, which: Which) -> String {
        api::url(origin, which)
    }

    /// How many messages a queue holds now.
    pub fn count(&self, which: Which) -> Count {
        lock(&self.it.shelf).count(which, instant())
    }

    /// Ends when the queue of events holds nothing any more: all was applied or given up.
    pub async fn settled(&self) {
        let mut changes = self.it.changes.subscribe();
        while self.count(Which::Events) != Count::default() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Puts a message on a queue, and gives its id.
    pub fn send(&self, which: Which, body: &str) -> String {
        let id = lock(&self.it.shelf).send(which, body, Clock::system().now().millis(), instant());
        self.changed();
        id
    }

    /// All messages of both queues, to be taken up again by [`Queues::restore`].
    pub fn snapshot(&self) -> Value {
        let held = lock(&self.it.shelf);
        json!({"events": held.bodies(Which::Events), "deadLetters": held.bodies(Which::DeadLetters)})
    }

    /// Puts there what a snapshot held, as new messages.
    pub fn restore(&self, snapshot: &Value) {
        for (which, name) in [(Which::Events, "events"), (Which::DeadLetters, "deadLetters")] {
            let bodies = snapshot.get(name).and_then(Value::as_array).into_iter().flatten();
            for body in bodies.filter_map(Value::as_str) {
                self.send(which, body);
            }
        }
    }

    fn receive(&self, which: Which, most: usize, visibility: Option<Duration>) -> Vec<Received> {
        let hidden = visibility.unwrap_or(self.it.definition.visibility);
        let received = lock(&self.it.shelf).receive(which, most, hidden, instant());
        self.changed();
        received
    }

    fn delete(&self, which: Which, receipt: &str) -> bool {
        let deleted = lock(&self.it.shelf).delete(which, receipt);
        self.changed();
        deleted
    }

    fn give_back(&self, which: Which, receipt: &str, after: Duration) {
        lock(&self.it.shelf).show_at(which, receipt, instant() + after);
        self.changed();
    }

    fn move_back(&self) {
        lock(&self.it.shelf).move_back(instant(), Clock::system().now().millis());
        self.changed();
    }

    /// How many messages the last move moved, and when it began, in ms; if there was one.
    fn moved(&self) -> Option<(usize, i64)> {
        lock(&self.it.shelf).moved()
    }

    /// When the next message can be received; `None` when there is none.
    fn next(&self, which: Which) -> Option<Instant> {
        lock(&self.it.shelf).next(which)
    }

    fn changed(&self) {
        self.it.changes.send_replace(());
    }
}
