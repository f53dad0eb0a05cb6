//! The pace that all requests of one client keep together, as the provider's headers or its refusals set it.

mod told;
mod learned;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::instant;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use learned::Learned;

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
    /// In place of the window where no answer tells one.
    learned: Learned,
    /// Beside what is told and learned, where a provider documents a rate and tells nothing of it.
    spaced: Option<Spaced>,
    in_flight: u64,
}

/// No two requests closer than this.
#[derive(Debug)]
struct Spaced {
    by: Duration,
    next: Option<Instant>,
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
    fn gate(&mut self, now: Instant) -> Gate {
        if let Some(at) = self.not_before.filter(|at| *at > now) {
            return Gate::Until(at);
        }
        if let Some(at) = self.spaced.as_ref().and_then(|spaced| spaced.next).filter(|at| *at > now) {
            return Gate::Until(at);
        }
        let Some(window) = &self.window else { return self.learned.until(now).map_or(Gate::Open, Gate::Until) };
        // In a new window nothing is known until its first answer: no more than the limit may try it.
        let fresh = now >= window.until;
        let room = if fresh { window.limit.unwrap_or(u64::MAX).max(1) } else { window.remaining };
        match () {
            () if self.in_flight < room => Gate::Open,
            () if fresh => Gate::AfterAnother,
            () => Gate::Until(window.until),
        }
    }

    fn enter(&mut self, now: Instant) -> Gate {
        let gate = self.gate(now);
        if matches!(gate, Gate::Open) {
            self.in_flight += 1;
            if let Some(spaced) = &mut self.spaced {
                spaced.next = Some(now + spaced.by);
            }
            if self.window.is_none() {
                self.learned.send(now);
            }
        }
        gate
    }

    fn heed(&mut self, told: &Told, wait: Option<Duration>, now: Instant) {
        if let (Some(remaining), Some(reset_in)) = (told.remaining, told.reset_in) {
            self.window = Some(Window { remaining, limit: told.limit, until: now + reset_in });
        }
        self.not_before = self.not_before.max(wait.map(|wait| now + wait));
    }
}

impl Pace {
    /// A pace of at most so many requests a second, evenly.
    pub(super) fn at_most(per_second: u32) -> Self {
        let spaced = Spaced { by: Duration::from_secs(1) / per_second.max(1), next: None };
        let state = State { spaced: Some(spaced), ..State::default() };
        Self { state: Mutex::new(state), answered: Notify::default() }
    }

    /// Waits until a request may be sent; `None` when that would be after `end`.
    pub(super) async fn turn(&self, end: Instant) -> Option<Turn<'_>> {
        loop {
            let mut answered = std::pin::pin!(self.answered.notified());
            // From here on no answer goes unheard.
            answered.as_mut().enable();
            let now = instant();
            // The lock is let go before anybody waits.
            let gate = self.lock().enter(now);
            let wake = match gate {
                Gate::Open => return Some(Turn { pace: self, sent: now }),
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to send one request. It counts as on its way until it is dropped.
pub(super) struct Turn<'a> {
    pace: &'a Pace,
    sent: Instant,
}

impl Turn<'_> {
    /// Takes what the answer's headers told, and the wait that it imposes on everybody.
    pub(super) fn heed(self, told: &Told, wait: Option<Duration>) {
        self.pace.lock().heed(told, wait, instant());
    }

    /// Takes a 429, and the wait that it imposes on everybody. One that tells no wait of its own is not by a rate.
    pub(super) fn refused(self, told: &Told, wait: Duration) {
        let (now, mut state) = (instant(), self.pace.lock());
        state.learned.refuse(self.sent, now, told.retry_after().is_some());
        state.heed(told, Some(wait), now);
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
