//! How long a provider is waited for.

use std::time::Duration;

use rand::RngExt;

/// How long a provider is waited for, and how often it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A connection must stand within this time.
    pub connect: Duration,
    /// One answer, its body included, must be there within this time.
    pub request: Duration,
    /// How many attempts may fail, by a broken connection, by time or by a 5xx, before the call fails.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each one, and is shortened by up to a half at random.
    pub backoff: Duration,
    /// The shortest wait after a 429, whatever its headers say; up to a quarter of it is added at random.
    pub after_429: Duration,
    /// A call may take this long with all its waits; 429s are limited by this alone.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(30),
            attempts: 6,
            backoff: Duration::from_millis(250),
            after_429: Duration::from_secs(1),
            patience: Duration::from_secs(120),
        }
    }
}

impl Limits {
    /// For a single request on whose answer somebody waits.
    pub fn for_callers() -> Self {
        let request = Duration::from_secs(10);
        Self { request, attempts: 4, patience: Duration::from_secs(20), ..Self::default() }
    }
}

/// The longest wait that nobody told us to make.
const LONGEST: Duration = Duration::from_secs(30);

impl Limits {
    /// How long to wait after the `nth` failure, the first being 1.
    pub(super) fn after_failure(&self, nth: u32) -> Duration {
        doubled(self.backoff, nth).mul_f64(rand::rng().random_range(0.5..=1.0))
    }

    /// How long to wait after the `nth` 429 of one call, when the provider told how long it wants, or did not.
    pub(super) fn after_refusal(&self, nth: u32, told: Option<Duration>) -> Duration {
        let wait = told.unwrap_or_else(|| doubled(self.after_429, nth)).max(self.after_429);
        wait.saturating_add(self.after_429.mul_f64(rand::rng().random_range(0.0..=0.25)))
    }
}

fn doubled(first: Duration, nth: u32) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(nth.saturating_sub(1))).min(LONGEST.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let limits = Limits::default();
        for (nth, most) in [(1, 250), (2, 500), (5, 4000), (40, 30_000)] {
            let most = Duration::from_millis(most);
            let wait = limits.after_failure(nth);
            assert!(wait >= most / 2 && wait <= most, "{nth}: {wait:?}");
        }
    }

    #[test]
    fn what_a_refusal_tells_is_waited_for_and_a_second_at_least() {
        let limits = Limits::default();
        for (nth, told, least) in [(1, Some(0), 1), (1, Some(7), 7), (9, Some(7), 7), (1, None, 1), (3, None, 4)] {
            let wait = limits.after_refusal(nth, told.map(Duration::from_secs));
            let least = Duration::from_secs(least);
            assert!(wait >= least && wait <= least + Duration::from_millis(250), "{nth} {told:?}: {wait:?}");
        }
    }
}
