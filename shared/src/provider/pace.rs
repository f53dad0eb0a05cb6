//! How fast a provider may be asked: its own headers say so, and all requests of a client obey.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use rand::RngExt;
use tokio::sync::MutexGuard;
use tokio::time::{Instant, sleep_until};

use crate::clock::Timestamp;

/// The longest that a header may make us wait.
const LONGEST: Duration = Duration::from_secs(120);

/// When the next request may go.
#[derive(Default)]
pub(super) struct Pace {
    held_until: Mutex<Option<Instant>>,
    line: tokio::sync::Mutex<()>,
}

impl Pace {
    /// Waits until a request may go.
    pub(super) async fn wait(&self) {
        // The wait may have been prolonged by another answer meanwhile.
        while let Some(until) = self.until().filter(|until| *until > Instant::now()) {
            sleep_until(until).await;
        }
    }

    /// The turn of a request that was refused: one at a time, first come, first served.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.line.lock().await
    }

    fn until(&self) -> Option<Instant> {
        *self.held_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Obeys an answer's headers: a spent limit and a 429 hold every request back.
    pub(super) fn obey(&self, status: u16, headers: &HeaderMap, now: Timestamp) {
        let Some(pause) = pause(status, headers, now) else { return };
        let jitter = rand::rng().random_range(0..=pause.as_millis().min(1000) / 4);
        let until = Instant::now() + pause.min(LONGEST) + Duration::from_millis(u64::try_from(jitter).unwrap_or(0));
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |earlier| earlier.max(until)));
    }
}

/// What the headers ask for: `Retry-After` in seconds, else the time to `x-ratelimit-reset`, in seconds since 1970.
fn pause(status: u16, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let limited = status == 429;
    if limited && let Some(seconds) = number("retry-after") {
        return Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0).max(1)));
    }
    if !limited && number("x-ratelimit-remaining") != Some(0) {
        return None;
    }
    let reset = number("x-ratelimit-reset").and_then(|seconds| Timestamp::from_millis(seconds.checked_mul(1000)?));
    let until_reset = reset.map_or(Duration::ZERO, |reset| reset.since(now));
    Some(if limited { until_reset.max(Duration::from_secs(1)) } else { until_reset })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn asked(status: u16, headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        pause(status, &headers, Timestamp::from_millis(1_000_000).unwrap()).map(|pause| pause.as_secs())
    }

    #[test]
    fn a_refusal_waits_as_long_as_it_says_and_a_second_at_least() {
        assert_eq!(asked(429, &[("retry-after", "7"), ("x-ratelimit-reset", "2000")]), Some(7));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "1005")]), Some(5));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "900")]), Some(1));
        assert_eq!(asked(429, &[("retry-after", "soon")]), Some(1));
        assert_eq!(asked(429, &[("retry-after", "0")]), Some(1));
    }

    #[test]
    fn a_spent_limit_waits_for_its_reset_and_any_other_answer_does_not() {
        assert_eq!(asked(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1003")]), Some(3));
        assert_eq!(asked(200, &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "1003")]), None);
        assert_eq!(asked(200, &[]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_holds_every_request_back() {
        let pace = Pace::default();
        let headers = [(http::header::RETRY_AFTER, "3".parse().unwrap())].into_iter().collect();
        pace.obey(429, &headers, Timestamp::ZERO);
        let began = Instant::now();
        tokio::join!(pace.wait(), pace.wait());
        assert!(began.elapsed() >= Duration::from_secs(3));
    }
}
