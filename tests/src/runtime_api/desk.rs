//! Where events wait for the function, and callers for its answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use shared::clock::Clock;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};

use super::FunctionError;

/// What the function made of an event.
pub(super) type Answer = Result<Value, FunctionError>;

/// An event on its way to the function.
#[derive(Debug)]
pub(super) struct Invocation {
    /// The request id: a UUID, counted up.
    pub(super) id: String,
    /// When the function's time is over, in ms since 1970.
    pub(super) deadline_ms: u128,
    /// The event, as JSON.
    pub(super) event: String,
}

/// Shared by the caller's side and the Runtime API's side.
#[derive(Debug, Clone)]
pub(super) struct Desk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    entry: mpsc::UnboundedSender<Invocation>,
    queue: AsyncMutex<mpsc::UnboundedReceiver<Invocation>>,
    ready: watch::Sender<bool>,
    ledger: Mutex<Ledger>,
}

#[derive(Debug, Default)]
struct Ledger {
    issued: u64,
    waiting: BTreeMap<String, oneshot::Sender<Answer>>,
    init_error: Option<FunctionError>,
}

impl Desk {
    pub(super) fn new() -> Self {
        let (entry, queue) = mpsc::unbounded_channel();
        Self(Arc::new(Inner {
            entry,
            queue: AsyncMutex::new(queue),
            ready: watch::Sender::new(false),
            ledger: Mutex::default(),
        }))
    }

    /// Queues an event; the receiver gets the answer, or nothing if none comes.
    pub(super) fn submit(&self, event: &Value, limit: Duration) -> oneshot::Receiver<Answer> {
        let (answered, answer) = oneshot::channel();
        let mut ledger = self.0.ledger.lock().unwrap();
        ledger.issued += 1;
        let id = format!("00000000-0000-4000-8000-{:012x}", ledger.issued);
        ledger.waiting.insert(id.clone(), answered);
        let invocation = Invocation { id, deadline_ms: now_ms() + limit.as_millis(), event: event.to_string() };
        self.0.entry.send(invocation).expect("the queue lives as long as the desk");
        answer
    }

    /// The next event, for the function. Its first call ends INIT.
    pub(super) async fn next(&self) -> Option<Invocation> {
        self.0.ready.send_replace(true);
        self.0.queue.lock().await.recv().await
    }

    /// Delivers an answer. False if nobody waits for that id: it was never issued, or was answered before.
    pub(super) fn answer(&self, id: &str, answer: Answer) -> bool {
        let waiting = self.0.ledger.lock().unwrap().waiting.remove(id);
        // The caller may have given up since; the function did its part all the same.
        waiting.map(|caller| caller.send(answer)).is_some()
    }

    /// Ends once INIT is over.
    pub(super) async fn ready(&self) {
        self.0.ready.subscribe().wait_for(|ready| *ready).await.expect("the desk holds the sender");
    }

    pub(super) fn fail_init(&self, error: FunctionError) {
        self.0.ledger.lock().unwrap().init_error = Some(error);
    }

    pub(super) fn init_error(&self) -> Option<FunctionError> {
        self.0.ledger.lock().unwrap().init_error.clone()
    }
}

fn now_ms() -> u128 {
    Clock::system().now().millis().unsigned_abs().into()
}
