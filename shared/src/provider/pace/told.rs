//! What an answer's headers tell of a rate limit.

use std::time::Duration;

use http::HeaderMap;
use http::header::{HeaderName, RETRY_AFTER};

use crate::clock::Timestamp;
use crate::provider::date::{date_of, http_date, text_of};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Beyond this, a reset is no time in seconds.
const LONGEST_WINDOW: Duration = Duration::from_secs(3600);
/// Clocks that differ by more than this are not the same time.
const SKEW: Duration = Duration::from_secs(2);

/// A rate limit as of one answer. Source: Auth0's rate-limit policy, Clerk's system limits, RFC 9110 for `Retry-After`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::provider) struct Told {
    /// How many requests a window has.
    pub(super) limit: Option<u64>,
    /// How many of them are left.
    pub(super) remaining: Option<u64>,
    /// When the next window begins.
    pub(super) reset_in: Option<Duration>,
    /// How long we shall stay away.
    retry_after: Option<Duration>,
}

impl Told {
    /// Reads the headers of an answer that came at `now`. Their times are the server's: so is their distance.
    pub(in crate::provider) fn read(headers: &HeaderMap, now: Timestamp) -> Self {
        let apart = |date: &Timestamp| date.since(now).max(now.since(*date)) > SKEW;
        let now = date_of(headers).filter(apart).unwrap_or(now);
        let number = |name| text_of(headers, &name)?.parse::<u64>().ok();
        let reset =
            number(RESET).and_then(|seconds| Timestamp::from_millis(i64::try_from(seconds).ok()?.checked_mul(1000)?));
        Self {
            limit: number(LIMIT),
            remaining: number(REMAINING),
            reset_in: reset.map(|at| at.since(now)).filter(|wait| *wait <= LONGEST_WINDOW),
            retry_after: text_of(headers, &RETRY_AFTER).and_then(|text| match text.parse() {
                Ok(seconds) => Some(Duration::from_secs(seconds)),
                Err(_) => http_date(text).map(|at| at.since(now)),
            }),
        }
    }

    /// How long a refused request is to wait, if the answer tells.
    pub(in crate::provider) fn wait(&self) -> Option<Duration> {
        self.retry_after.or(self.reset_in)
    }

    /// How long the server asks to be left alone, which a 5xx may do too.
    pub(in crate::provider) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn told(headers: &[(&'static str, &str)]) -> Told {
        let now = Timestamp::from_millis(1_700_000_000_500).unwrap();
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        Told::read(&headers.collect(), now)
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date_and_else_by_the_reset() {
        let millis = |headers: &[(&'static str, &str)]| told(headers).wait().map(|wait| wait.as_millis());
        assert_eq!(millis(&[("retry-after", "7"), ("x-ratelimit-reset", "1700000003")]), Some(7000));
        assert_eq!(millis(&[("retry-after", "Tue, 14 Nov 2023 22:13:25 GMT")]), Some(4500));
        assert_eq!(millis(&[("x-ratelimit-reset", "1700000003")]), Some(2500));
        assert_eq!(millis(&[("x-ratelimit-reset", "1600000000")]), Some(0));
        for odd in ["-5", "soon", "1700000003000", "99999999999999999999"] {
            assert_eq!(millis(&[("retry-after", "1.5"), ("x-ratelimit-reset", odd)]), None, "{odd}");
        }
    }

    #[test]
    fn a_reset_is_measured_by_the_servers_own_clock_where_ours_is_off() {
        let reset = ("x-ratelimit-reset", "1700000063");
        assert_eq!(told(&[reset, ("date", "Tue, 14 Nov 2023 22:14:20 GMT")]).wait(), Some(Duration::from_secs(3)));
        assert_eq!(
            told(&[reset, ("date", "Tue, 14 Nov 2023 22:13:20 GMT")]).wait(),
            Some(Duration::from_millis(62_500))
        );
    }
}
