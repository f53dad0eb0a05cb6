//! The pace that all requests of one client keep together, as the provider's rate-limit headers set it.

mod told;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::instant;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

pub(super) use told::Told;

/// Who may ask when. A wait that one answer imposes holds for every request of the client.
#[derive(Debug, Default)]
pub(super) struct Pace {
    state: Mutex<State>,
    /// Told of each answer: it may have made room.
    answered: Notify,
}

#[derive(Debug, Default)]
struct State {
    not_before: Option<Instant>,
    window: Option<Window>,
    in_flight: u64,
}

/// What the last answer told of the limit.
#[derive(Debug)]
struct Window {
    remaining: u64,
    limit: Option<u64>,
    until: Instant,
}

enum Gate {
    Open,
    Until(Instant),
    /// As many as the provider takes at once are on their way.
    AfterAnother,
}

impl State {
    fn gate(&self, now: Instant) -> Gate {
        if let Some(at) = self.not_before.filter(|at| *at > now) {
            return Gate::Until(at);
        }
        let Some(window) = &self.window else { return Gate::Open };
        // In a new window nothing is known until its first answer: no more than the limit may try it.
        let fresh = now >= window.until;
        let room = if fresh { window.limit.unwrap_or(u64::MAX).max(1) } else { window.remaining };
        match () {
            () if self.in_flight < room => Gate::Open,
            () if fresh => Gate::AfterAnother,
            () => Gate::Until(window.until),
        }
    }
}

impl Pace {
    /// Waits until a request may be sent; `None` when that would be after `end`.
    pub(super) async fn turn(&self, end: Instant) -> Option<Turn<'_>> {
        loop {
            let mut answered = std::pin::pin!(self.answered.notified());
            // From here on no answer goes unheard.
            answered.as_mut().enable();
            let wake = match self.enter(instant()) {
                Gate::Open => return Some(Turn { pace: self }),
                Gate::Until(at) if at > end => return None,
                Gate::Until(at) => at,
                Gate::AfterAnother => end,
            };
            tokio::select! {
                () = answered => {}
                () = sleep_until(wake) => if wake >= end { return None },
            }
        }
    }

    fn enter(&self, now: Instant) -> Gate {
        let mut state = self.lock();
        let gate = state.gate(now);
        if matches!(gate, Gate::Open) {
            state.in_flight += 1;
        }
        gate
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to send one request. It counts as on its way until it is dropped.
pub(super) struct Turn<'a> {
    pace: &'a Pace,
}

impl Turn<'_> {
    /// Takes what the answer's headers told, and the wait that it imposes on everybody.
    pub(super) fn heed(self, told: &Told, wait: Option<std::time::Duration>) {
        let now = instant();
        let mut state = self.pace.lock();
        if let (Some(remaining), Some(reset_in)) = (told.remaining, told.reset_in) {
            state.window = Some(Window { remaining, limit: told.limit, until: now + reset_in });
        }
        let at = wait.map(|wait| now + wait);
        state.not_before = state.not_before.max(at);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.lock();
        state.in_flight = state.in_flight.saturating_sub(1);
        drop(state);
        self.pace.answered.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
