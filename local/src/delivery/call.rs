//! Sending once, at the caller's request, and telling the answer.

use std::time::Duration;

use super::message::Message;
use super::outbox::{Outbox, Pending};
use super::send::acknowledged;
use crate::stand_in::lock;

/// What came of [`Outbox::call`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// There is no target.
    NoTarget,
    /// The fault kept it from being sent.
    Lost,
    /// Nobody answered in time.
    Unreachable,
    /// The receiver answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body, as text.
        body: String,
    },
}

impl Outbox {
    /// Sends a message now, without retries, and tells the answer. The faults apply: it may be lost, late,
    /// or sent twice, and then it is the second answer that is told.
    pub async fn call(&self, message: Message) -> Reply {
        let copies = match self.begin_call() {
            Ok(copies) => copies,
            Err(reply) => return reply,
        };
        let mut reply = Reply::Lost;
        for (wait, pending) in copies {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            reply = self.attempt(&message).await;
            self.ended(pending, acknowledged(&reply));
        }
        reply
    }

    fn begin_call(&self) -> Result<Vec<(u64, Pending)>, Reply> {
        let mut state = lock(&self.it.state);
        if state.target.is_none() {
            return Err(Reply::NoTarget);
        }
        state.counters.created += 1;
        let faults = state.faults.clone();
        let fate = state.dice.fate(&faults);
        if fate.lost {
            state.counters.lost += 1;
            return Err(Reply::Lost);
        }
        let (first, second) = fate.waits;
        state.counters.repeated += u64::from(second.is_some());
        let waits = std::iter::once(first).chain(second);
        Ok(waits.map(|wait| (wait, Pending::begin(&self.it.pending))).collect())
    }
}
