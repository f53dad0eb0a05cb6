//! Times as people read them.

use std::time::Duration;

use indicatif::HumanDuration;
use shared::clock::Timestamp;

/// A moment, and how long ago that is: `2026-11-25 16:46:28 UTC, 3 hours ago`.
pub(crate) fn when(time: Timestamp, now: Timestamp) -> String {
    let away = if time > now {
        format!("in {}", HumanDuration(time.since(now)))
    } else {
        format!("{} ago", HumanDuration(now.since(time)))
    };
    format!("{}, {away}", moment(time))
}

/// A moment to the second, UTC.
pub(crate) fn moment(time: Timestamp) -> String {
    let text = time.to_rfc3339().replace('T', " ");
    format!("{} UTC", text.get(..19).unwrap_or(&text))
}

/// A moment to the minute: `2026-11-25 16:46`.
pub(crate) fn minute(time: Timestamp) -> String {
    time.to_rfc3339().replace('T', " ").chars().take(16).collect()
}

/// The day of a moment, UTC: `2026-11-25`.
pub(crate) fn day(time: Timestamp) -> String {
    time.to_rfc3339().chars().take(10).collect()
}

/// A short span with one digit behind the point: `12.3 s`, `4 min 5 s`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", span.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn times_are_told_to_the_second_and_by_their_distance() {
        let now = Timestamp::from_rfc3339("2026-11-25T16:46:28.999Z").unwrap();
        let earlier = now.minus(Duration::from_secs(3 * 3600));
        assert_eq!(when(earlier, now), "2026-11-25 13:46:28 UTC, 3 hours ago");
        assert_eq!(when(now.plus(Duration::from_secs(172_800)), now), "2026-11-27 16:46:28 UTC, in 2 days");
        assert_eq!(day(now), "2026-11-25");
    }

    #[test]
    fn spans_grow_coarser() {
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!([told(5), told(65), told(3_700)], ["5.0 s", "1 min 5 s", "1 h 1 min"]);
    }
}
