//! Time: milliseconds since 1970, and the only reader of the clock.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time, in whole milliseconds since 1970, UTC.
///
/// Never negative and never of more than 13 digits (the year 2286), so that times of equal width compare as text too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970.
    pub const ZERO: Self = Self(0);
    const END: i64 = 10_000_000_000_000;

    /// From milliseconds since 1970; `None` outside the years 1970 to 2286.
    pub fn from_millis(millis: i64) -> Option<Self> {
        (0..Self::END).contains(&millis).then_some(Self(millis))
    }

    /// From a number that may count seconds or milliseconds: below 10^11 it counts seconds.
    ///
    /// Clerk documents milliseconds, and its own examples show seconds.
    pub fn from_seconds_or_millis(number: i64) -> Option<Self> {
        if (0..100_000_000_000).contains(&number) {
            Self::from_millis(number * 1000)
        } else {
            Self::from_millis(number)
        }
    }

    /// From RFC 3339 text, as Auth0 writes its times.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Self::from_millis(i64::try_from(parsed.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?)
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0 / 1000
    }

    /// This much later, at most the last moment that can be told.
    pub fn plus(self, span: Duration) -> Self {
        let span = i64::try_from(span.as_millis()).unwrap_or(Self::END);
        Self(self.0.saturating_add(span).min(Self::END - 1))
    }

    /// This much earlier, at least 1970.
    pub fn minus(self, span: Duration) -> Self {
        let span = i64::try_from(span.as_millis()).unwrap_or(Self::END);
        Self(self.0.saturating_sub(span).max(0))
    }

    /// How long ago `earlier` was; nothing when it is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// RFC 3339 text in UTC, for people and for names that sort by time.
    pub fn to_rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok())
            .unwrap_or_else(|| self.to_string())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

/// A moment to wait until: never set back, and under a test's hand where the runtime's time is paused.
pub fn instant() -> tokio::time::Instant {
    tokio::time::Instant::now()
}

/// Where the time comes from: the machine, or a hand that tests turn.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `time` until [`Clock::set`].
    pub fn standing(time: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(time.millis()))))
    }

    /// Turns a standing clock, and all its clones; does nothing to the machine's.
    pub fn set(&self, time: Timestamp) {
        if let Some(hand) = &self.0 {
            hand.store(time.millis(), Ordering::SeqCst);
        }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "the only reader of the clock")]
    pub fn now(&self) -> Timestamp {
        let millis = match &self.0 {
            Some(hand) => hand.load(Ordering::SeqCst),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0)),
        };
        Timestamp(millis.clamp(0, Timestamp::END - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_told_from_milliseconds() {
        assert_eq!(Timestamp::from_seconds_or_millis(1_716_883_200).map(Timestamp::millis), Some(1_716_883_200_000));
        assert_eq!(
            Timestamp::from_seconds_or_millis(1_654_012_591_835).map(Timestamp::millis),
            Some(1_654_012_591_835)
        );
        assert_eq!(Timestamp::from_seconds_or_millis(-1), None);
    }

    #[test]
    fn rfc3339_is_read_to_the_millisecond_and_written_back() {
        let time = Timestamp::from_rfc3339("2025-02-02T17:56:01.566Z");
        assert_eq!(time.map(Timestamp::millis), Some(1_738_518_961_566));
        assert_eq!(time.map(Timestamp::to_rfc3339).as_deref(), Some("2025-02-02T17:56:01.566Z"));
        assert_eq!(Timestamp::from_rfc3339("yesterday"), None);
        assert_eq!(Timestamp::from_rfc3339("9999-01-01T00:00:00Z"), None);
    }

    #[test]
    fn spans_stop_at_both_ends_of_time() {
        assert_eq!(Timestamp::ZERO.minus(Duration::from_secs(1)), Timestamp::ZERO);
        let last = Timestamp::ZERO.plus(Duration::MAX);
        assert_eq!(last.to_string().len(), 13);
        assert_eq!(last.plus(Duration::from_millis(1)), last);
    }
}
