//! How far two clocks are apart.

use std::time::Duration;

use shared::clock::Timestamp;

use super::verdict::Verdict;

/// More than an answer takes.
const NOTABLE: Duration = Duration::from_secs(5);
/// Signatures of 300 s, proofs of deletion and the order of profiles depend on clocks: this is more than any of them
/// should have to bear.
const TOO_MUCH: Duration = Duration::from_secs(60);

/// Judges another clock, which tells whole seconds, by ours.
pub(super) fn skew(about: &str, ours: Timestamp, theirs: Option<Timestamp>) -> Verdict {
    let Some(theirs) = theirs else {
        let advice = "without its time nobody is deleted by a 404";
        return Verdict::warn(about, "its answers have no Date", advice);
    };
    let until = theirs.plus(Duration::from_millis(999));
    let off = theirs.since(ours).max(ours.since(until));
    let found = format!("{} s apart from this machine's", off.as_secs());
    let advice = "set this machine's clock, by NTP for example";
    match off {
        off if off > TOO_MUCH => Verdict::fail(about, found, advice),
        off if off > NOTABLE => Verdict::warn(about, found, advice),
        _ => Verdict::ok(about, "tells the same time as this machine"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::super::verdict::State;
    use super::*;

    #[test]
    fn clocks_may_be_a_few_seconds_apart_both_ways_and_not_a_minute() {
        let at = |millis| Timestamp::from_millis(1_000_000_000 + millis).unwrap();
        let judged = |theirs: i64| skew("clock", at(999), Some(at(theirs))).state;
        let seconds = [-62_000, -60_000, -6_000, -5_000, 0, 5_000, 60_000, 62_000];
        let states = [State::Fail, State::Warn, State::Warn, State::Ok, State::Ok, State::Ok, State::Warn, State::Fail];
        assert_eq!(seconds.map(judged), states);
        assert_eq!(skew("clock", at(0), None).state, State::Warn);
    }
}
