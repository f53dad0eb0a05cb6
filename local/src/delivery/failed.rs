//! What was given up: kept for a while, and sent again when somebody asks for it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::call::Reply;
use super::message::Message;
use super::outbox::Outbox;
use crate::stand_in::lock;

/// How many are kept; the eldest are forgotten first.
const KEPT: usize = 1000;

/// A message that was given up.
#[derive(Clone, Debug)]
pub struct Failed {
    /// What was to be delivered.
    pub message: Arc<Message>,
    /// Each attempt, in order.
    pub attempts: Vec<Attempt>,
}

/// One attempt that was not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it ended, in milliseconds.
    pub at: i64,
    /// What came of it, in a few words.
    pub error: String,
}

impl Attempt {
    pub(super) fn failed(reply: &Reply, at: i64) -> Self {
        let error = match reply {
            Reply::Answered { status, .. } => format!("the endpoint answered {status}"),
            _ => "the endpoint did not answer".to_owned(),
        };
        Self { at, error }
    }
}

impl Outbox {
    /// What was given up and not sent again, eldest first.
    pub fn failed(&self) -> Vec<Failed> {
        lock(&self.it.state).failed.iter().cloned().collect()
    }

    /// Sends again what was given up, as far as it is `wanted`; how many messages that were.
    pub fn redeliver(&self, wanted: impl Fn(&Failed) -> bool) -> usize {
        let again: VecDeque<Failed> = {
            let mut state = lock(&self.it.state);
            let (again, kept) = state.failed.drain(..).partition(|failed| wanted(failed));
            state.failed = kept;
            again
        };
        let count = again.len();
        for failed in again {
            self.send_shared(failed.message);
        }
        count
    }

    pub(super) fn give_up(&self, failed: Failed) {
        let mut state = lock(&self.it.state);
        state.failed.push_back(failed);
        while state.failed.len() > KEPT {
            state.failed.pop_front();
        }
    }
}
