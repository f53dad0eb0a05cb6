//! The limit of a provider that does not tell it, learned from its refusals: so many requests in ten seconds.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// What Clerk counts its requests by. Source: Clerk's system limits.
const WINDOW: Duration = Duration::from_secs(10);
/// A request counts this much longer with us: its way there may have taken longer than that of the one in its place.
const HAIR: Duration = Duration::from_millis(100);
/// Half of the smallest limit that Clerk gives. A refusal after fewer requests says nothing of a limit.
const FEWEST: usize = 50;
/// This long without a refusal, and more may be tried.
const QUIET: Duration = Duration::from_secs(60);
/// The longest such time, where trying was in vain.
const LONGEST_QUIET: Duration = Duration::from_secs(600);
/// How long more is tried: one whole window of the provider's is in it, wherever that begins.
const TRIAL: Duration = Duration::from_secs(20);
/// How many percent more are tried at first; each trial that succeeds doubles it.
const FIRST_STEP: usize = 5;

/// Nothing is held back until the first refusal. From then on no ten seconds have more requests than were granted then,
/// which satisfies a window that slides as well as one that begins at its first request or at a time of its own.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// When each request was sent that may count still, oldest first.
    sent: VecDeque<Instant>,
    limit: Option<Limit>,
    refused: Option<Refused>,
}

/// The last refusal. Others of the same moment say the same.
#[derive(Clone, Copy, Debug)]
struct Refused {
    sent: Instant,
    answered: Instant,
    /// What it teaches is seen only when all that was on its way with it is answered.
    is_heeded: bool,
}

/// How many requests a window takes, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limit {
    most: usize,
    /// What was never refused. `most` is above it while more is tried.
    held: usize,
    step: usize,
    quiet: Duration,
    try_more_at: Instant,
}

impl Learned {
    /// When the next request may be sent, if not now. Only to be asked when no refusal asks for a wait any more.
    pub(super) fn until(&mut self, now: Instant) -> Option<Instant> {
        self.heed_refusal(now);
        while self.sent.front().is_some_and(|sent| *sent + WINDOW + HAIR <= now) {
            self.sent.pop_front();
        }
        let limit = self.limit.as_mut()?;
        limit.try_more(self.sent.len(), now);
        let leaves = self.sent.get(self.sent.len().checked_sub(limit.most)?)?;
        Some(*leaves + WINDOW + HAIR)
    }

    /// Takes note of a request that is sent now.
    pub(super) fn send(&mut self, now: Instant) {
        self.sent.push_back(now);
    }

    /// Takes note that the one that was sent then was refused, and so does not count.
    pub(super) fn refuse(&mut self, sent: Instant, now: Instant, is_for_the_rate: bool) {
        if let Some(place) = self.sent.iter().rposition(|other| *other == sent) {
            self.sent.remove(place);
        }
        let is_new = self.refused.is_none_or(|refused| sent > refused.answered);
        if is_for_the_rate && is_new {
            self.refused = Some(Refused { sent, answered: now, is_heeded: false });
        }
    }

    fn heed_refusal(&mut self, now: Instant) {
        let Some(refused) = self.refused.as_mut().filter(|refused| !refused.is_heeded) else { return };
        refused.is_heeded = true;
        let Refused { sent: end, answered, .. } = *refused;
        let counts = |sent: &&Instant| end.saturating_duration_since(**sent) < WINDOW && **sent <= answered;
        let granted = self.sent.iter().filter(counts).count();
        self.limit = match self.limit {
            Some(limit) => Some(limit.after_refusal(granted, now)),
            None => (granted >= FEWEST).then(|| Limit::of(granted, QUIET, now)),
        };
    }
}

impl Limit {
    fn of(most: usize, quiet: Duration, now: Instant) -> Self {
        Self { most, held: most, step: FIRST_STEP, quiet, try_more_at: now + quiet }
    }

    /// A trial that failed ends where it began, or near what was counted if its step was far too large. What was refused
    /// without one is too much, whatever was counted.
    fn after_refusal(self, granted: usize, now: Instant) -> Self {
        if self.most > self.held {
            let in_vain = self.step == 2 * FIRST_STEP;
            let quiet = if in_vain { (self.quiet * 2).min(LONGEST_QUIET) } else { QUIET };
            return Self::of(self.held.max(granted - granted / 10), quiet, now);
        }
        let less = self.most - (self.most / 100).max(1);
        let granted = if granted < FEWEST { less } else { granted.min(less) };
        Self::of(granted.max(FEWEST), QUIET, now)
    }

    /// More is tried when it is time, and when what is allowed is wanted.
    fn try_more(&mut self, sent: usize, now: Instant) {
        if now < self.try_more_at || sent < self.most / 10 * 9 {
            return;
        }
        self.held = self.most;
        self.most += (self.most * self.step / 100).max(1);
        self.step = (2 * self.step).min(100);
        self.try_more_at = now + TRIAL;
    }
}

#[cfg(test)]
mod tests;
