//! When a message that was not acknowledged is sent again.

use std::time::Duration;

/// The pauses after each failed attempt; when they are used up, the message is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

impl Schedule {
    /// A schedule of pauses in milliseconds. None at all means one attempt.
    pub fn from_millis(pauses: &[u64]) -> Self {
        Self(pauses.iter().copied().map(Duration::from_millis).collect())
    }

    /// The pause after the failed attempt `attempt`, counted from 0.
    pub(crate) fn after(&self, attempt: usize) -> Option<Duration> {
        self.0.get(attempt).copied()
    }
}

/// Svix's seven retries (5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h), told faster.
impl Default for Schedule {
    fn default() -> Self {
        Self::from_millis(&[100, 500, 2_000, 5_000, 15_000, 30_000, 30_000])
    }
}
