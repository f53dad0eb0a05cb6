//! When a token ends, as an operator tells it.

use std::time::Duration;

use shared::clock::Timestamp;

use super::New;

/// A date (its first moment, UTC), or a time with its zone.
pub(super) fn time(text: &str) -> Result<Timestamp, &'static str> {
    let date = Timestamp::from_rfc3339(&format!("{text}T00:00:00Z"));
    date.or_else(|| Timestamp::from_rfc3339(text)).ok_or("must be a date or a time: 2027-01-31, 2027-01-31T12:00:00Z")
}

impl New {
    /// When the token ends, if ever.
    pub(super) fn end(&self, now: Timestamp) -> Result<Option<Timestamp>, &'static str> {
        let days = self.expires_in.map(|days| now.plus(Duration::from_secs(86_400) * u32::from(days)));
        match days.or(self.expires_at) {
            Some(end) if end <= now => Err("--expires-at has passed already"),
            end => Ok(end),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_date_is_its_first_moment_and_a_time_needs_its_zone() {
        assert_eq!(time("2027-01-31").unwrap().to_rfc3339(), "2027-01-31T00:00:00Z");
        assert_eq!(time("2027-01-31T12:00:00+02:00").unwrap().to_rfc3339(), "2027-01-31T10:00:00Z");
        for wrong in ["", "tomorrow", "2027-01-31T12:00:00", "2027-13-01", "31.1.2027"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
