//! The tasks that send, in lanes or one by one.

use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use super::call::Reply;
use super::failed::{Attempt, Failed};
use super::message::Message;
use super::outbox::{Copied, Outbox, Pending, State};
use crate::stand_in::{clock, lock};

/// How long a shuffled message waits for others before it goes anyway.
const HELD: Duration = Duration::from_millis(100);

impl Outbox {
    /// Makes a message, which then goes by itself, as far as the faults let it.
    pub fn send(&self, message: Message) {
        self.send_shared(Arc::new(message));
    }

    pub(super) fn send_shared(&self, message: Arc<Message>) {
        let mut state = lock(&self.it.state);
        if state.target.is_none() && message.target.is_none() {
            return;
        }
        state.counters.created += 1;
        let faults = state.faults.clone();
        let fate = state.dice.fate(&faults);
        if fate.lost {
            state.counters.lost += 1;
            return;
        }
        let copy = |wait| Copied {
            message: Arc::clone(&message),
            wait: Duration::from_millis(wait),
            pending: Pending::begin(&self.it.pending),
        };
        let (first, second) = fate.waits;
        state.counters.repeated += u64::from(second.is_some());
        for copied in std::iter::once(first).chain(second).map(copy) {
            if faults.keep_order() {
                self.enter_lane(&mut state, copied);
            } else if faults.reorder > 0 {
                self.enter_window(&mut state, copied);
            } else {
                self.alone(copied);
            }
        }
    }

    fn enter_lane(&self, state: &mut State, copied: Copied) {
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

    fn enter_window(&self, state: &mut State, copied: Copied) {
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
        let mut attempts = Vec::new();
        loop {
            let reply = self.attempt(&copied.message).await;
            if acknowledged(&reply) {
                return self.ended(copied.pending, true);
            }
            let is_final = self.it.refusals_are_final && matches!(reply, Reply::Answered { status: 400..=499, .. });
            let pause = if is_final { None } else { self.it.schedule.after(attempts.len()) };
            attempts.push(Attempt::failed(&reply, clock::now_ms()));
            let Some(pause) = pause else {
                self.give_up(Failed { message: copied.message, attempts });
                return self.ended(copied.pending, false);
            };
            tokio::time::sleep(pause).await;
            lock(&self.it.state).counters.retried += 1;
        }
    }

    pub(super) async fn attempt(&self, message: &Message) -> Reply {
        // The semaphore is never closed.
        let _permit = self.it.permits.acquire().await.ok();
        let url = {
            let mut state = lock(&self.it.state);
            let Some(target) = message.target.as_deref().or(state.target.as_deref()) else {
                return Reply::NoTarget;
            };
            let url = format!("{}{}", target.strip_suffix('/').unwrap_or(target), message.path);
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

    pub(super) fn ended(&self, pending: Pending, acknowledged: bool) {
        {
            let mut state = lock(&self.it.state);
            let counters = &mut state.counters;
            *(if acknowledged { &mut counters.delivered } else { &mut counters.failed }) += 1;
            drop(pending);
        }
    }
}

pub(super) fn acknowledged(reply: &Reply) -> bool {
    matches!(reply, Reply::Answered { status: 200..=299, .. })
}
