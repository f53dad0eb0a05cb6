//! The tasks that send: in lanes, one by one, and once at the caller's request.

use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use super::message::Message;
use super::outbox::{Copied, Outbox, Pending, State};
use crate::stand_in::{clock, lock};

/// How long a shuffled message waits for others before it goes anyway.
const HELD: Duration = Duration::from_millis(100);

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
    /// Makes a message, which then goes by itself, as far as the faults let it.
    pub fn send(&self, message: Message) {
        let mut state = lock(&self.it.state);
        if state.target.is_none() {
            return;
        }
        state.counters.created += 1;
        let faults = state.faults.clone();
        let fate = state.dice.fate(&faults);
        if fate.lost {
            state.counters.lost += 1;
            return;
        }
        let message = Arc::new(message);
        let copy = |wait| Copied {
            message: Arc::clone(&message),
            wait: Duration::from_millis(wait),
            pending: Pending::begin(&self.it.pending),
        };
        let (first, second) = fate.waits;
        state.counters.repeated += u64::from(second.is_some());
        for copied in std::iter::once(first).chain(second).map(copy) {
            if faults.keep_order() {
                self.into_lane(&mut state, copied);
            } else if faults.reorder > 0 {
                self.into_window(&mut state, copied);
            } else {
                self.alone(copied);
            }
        }
    }

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
        Ok(waits
            .map(|wait| (wait, Pending::begin(&self.it.pending)))
            .collect())
    }

    fn into_lane(&self, state: &mut State, copied: Copied) {
        match state.lanes.entry(copied.message.lane.clone()) {
            Entry::Occupied(mut lane) => lane.get_mut().push_back(copied),
            Entry::Vacant(lane) => {
                let name = lane.key().clone();
                lane.insert([copied].into());
                let outbox = self.clone();
                tokio::spawn(async move { outbox.drain(&name).await });
            }
        }
    }

    async fn drain(&self, lane: &str) {
        while let Some(copied) = self.next_of(lane) {
            self.deliver(copied).await;
        }
    }

    /// The next message of a lane; an empty lane is closed in the same breath.
    fn next_of(&self, lane: &str) -> Option<Copied> {
        let mut state = lock(&self.it.state);
        let next = state.lanes.get_mut(lane)?.pop_front();
        if next.is_none() {
            state.lanes.remove(lane);
        }
        next
    }

    fn into_window(&self, state: &mut State, copied: Copied) {
        if state.window.is_empty() {
            let outbox = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(HELD).await;
                outbox.release_window();
            });
        }
        state.window.push(copied);
        while state.window.len() > state.faults.reorder {
            self.release_one(state);
        }
    }

    pub(super) fn release_window(&self) {
        let mut state = lock(&self.it.state);
        while !state.window.is_empty() {
            self.release_one(&mut state);
        }
    }

    fn release_one(&self, state: &mut State) {
        let place = state.dice.pick(state.window.len());
        let copied = state.window.swap_remove(place);
        self.alone(copied);
    }

    fn alone(&self, copied: Copied) {
        let outbox = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(copied.wait).await;
            outbox.deliver(copied).await;
        });
    }

    /// Attempts until acknowledged or given up.
    async fn deliver(&self, copied: Copied) {
        for attempt in 0.. {
            if acknowledged(&self.attempt(&copied.message).await) {
                return self.ended(copied.pending, true);
            }
            let Some(pause) = self.it.schedule.after(attempt) else {
                return self.ended(copied.pending, false);
            };
            tokio::time::sleep(pause).await;
            lock(&self.it.state).counters.retried += 1;
        }
    }

    async fn attempt(&self, message: &Message) -> Reply {
        // The semaphore is never closed.
        let _permit = self.it.permits.acquire().await.ok();
        let url = {
            let mut state = lock(&self.it.state);
            let Some(target) = &state.target else {
                return Reply::NoTarget;
            };
            let url = format!(
                "{}{}",
                target.strip_suffix('/').unwrap_or(target),
                message.path
            );
            state.counters.sent += 1;
            url
        };
        let request = message.onto(self.it.client.post(url), clock::now_ms() / 1000);
        let Ok(answer) = request.send().await else {
            return Reply::Unreachable;
        };
        let status = answer.status().as_u16();
        match answer.text().await {
            Ok(body) => Reply::Answered { status, body },
            Err(_) => Reply::Unreachable,
        }
    }

    fn ended(&self, pending: Pending, acknowledged: bool) {
        {
            let mut state = lock(&self.it.state);
            let counters = &mut state.counters;
            *(if acknowledged {
                &mut counters.delivered
            } else {
                &mut counters.failed
            }) += 1;
            drop(pending);
        }
    }
}

fn acknowledged(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::Answered {
            status: 200..=299,
            ..
        }
    )
}
