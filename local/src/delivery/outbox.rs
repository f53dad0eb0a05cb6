//! The outbox: what is to be sent, in which order, and what became of it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::counters::Counters;
use super::dice::Dice;
use super::failed::Failed;
use super::faults::Faults;
use super::message::Message;
use super::schedule::Schedule;
use crate::stand_in::lock;

/// How an outbox is set up.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// Where messages go; without one, none are made.
    pub target: Option<String>,
    /// What goes wrong on the way.
    pub faults: Faults,
    /// When an unacknowledged message is sent again.
    pub schedule: Schedule,
    /// How long the receiver may take to answer.
    pub timeout: Duration,
    /// How many requests may be under way at once.
    pub at_once: usize,
    /// Whether a 4xx ends the attempts at once.
    pub refusals_are_final: bool,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self {
            target: None,
            faults: Faults::default(),
            schedule: Schedule::default(),
            timeout: Duration::from_secs(15),
            at_once: 16,
            refusals_are_final: false,
        }
    }
}

/// Sends messages in the background. Clones share one outbox. Wants a Tokio runtime to send in.
#[derive(Clone, Debug)]
pub struct Outbox {
    pub(super) it: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) client: reqwest::Client,
    pub(super) schedule: Schedule,
    pub(super) refusals_are_final: bool,
    pub(super) permits: Semaphore,
    pub(super) pending: watch::Sender<u64>,
    pub(super) state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) target: Option<String>,
    pub(super) faults: Faults,
    pub(super) dice: Dice,
    pub(super) counters: Counters,
    pub(super) lanes: HashMap<String, VecDeque<Copied>>,
    pub(super) window: Vec<Copied>,
    pub(super) failed: VecDeque<Failed>,
}

/// One copy of a message, and how long it waits first.
#[derive(Debug)]
pub(super) struct Copied {
    pub(super) message: Arc<Message>,
    pub(super) wait: Duration,
    pub(super) pending: Pending,
}

/// Counts as pending until it is dropped, whatever became of the task that held it.
#[derive(Debug)]
pub(super) struct Pending(watch::Sender<u64>);

impl Pending {
    pub(super) fn begin(pending: &watch::Sender<u64>) -> Self {
        pending.send_modify(|count| *count += 1);
        Self(pending.clone())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Outbox {
    /// An outbox that speaks HTTP to this machine: it trusts no certificate, and asks no proxy.
    pub fn new(options: OutboxOptions) -> Result<Self, reqwest::Error> {
        // Fails when the process has chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only(std::iter::empty())
            .timeout(options.timeout)
            .build()?;
        let state = State {
            target: options.target,
            dice: Dice::new(options.faults.seed),
            faults: options.faults,
            counters: Counters::default(),
            lanes: HashMap::new(),
            window: Vec::new(),
            failed: VecDeque::new(),
        };
        let it = Inner {
            client,
            schedule: options.schedule,
            refusals_are_final: options.refusals_are_final,
            permits: Semaphore::new(options.at_once.max(1)),
            pending: watch::Sender::new(0),
            state: Mutex::new(state),
        };
        Ok(Self { it: Arc::new(it) })
    }

    /// Where messages go.
    pub fn target(&self) -> Option<String> {
        lock(&self.it.state).target.clone()
    }

    /// Sends elsewhere from now on, what is pending too. Without a target no messages are made.
    pub fn set_target(&self, target: Option<String>) {
        lock(&self.it.state).target = target;
    }

    /// What goes wrong at the moment.
    pub fn faults(&self) -> Faults {
        lock(&self.it.state).faults.clone()
    }

    /// Sets other faults for messages to come, and begins with their seed.
    pub fn set_faults(&self, faults: Faults) {
        let mut state = lock(&self.it.state);
        state.dice = Dice::new(faults.seed);
        state.faults = faults;
    }

    /// What became of the messages.
    pub fn counters(&self) -> Counters {
        let state = lock(&self.it.state);
        Counters { pending: *self.it.pending.borrow(), ..state.counters }
    }

    /// Waits until nothing is pending. Messages that are made meanwhile are waited for too.
    pub async fn idle(&self) {
        self.release_window();
        // The sender lives as long as `self`.
        let _ = self.it.pending.subscribe().wait_for(|pending| *pending == 0).await;
    }
}
