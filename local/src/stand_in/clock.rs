//! The time as the stand-ins tell it, and the two spellings of a time: milliseconds and ISO 8601.

use std::time::Instant;

use shared::clock::Clock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970, now.
pub fn now_ms() -> i64 {
    Clock::system().now().millis()
}

/// A clock that never goes back, for limits of rate.
pub fn instant() -> Instant {
    Instant::now()
}

/// `2025-02-02T17:56:01.566Z`, as Auth0 writes a time.
pub fn iso(ms: i64) -> String {
    let at =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut text = String::with_capacity("2025-02-02T17:56:01.566Z".len());
    let parts = [
        (i64::from(at.year()), 4, '-'),
        (i64::from(u8::from(at.month())), 2, '-'),
        (i64::from(at.day()), 2, 'T'),
        (i64::from(at.hour()), 2, ':'),
        (i64::from(at.minute()), 2, ':'),
        (i64::from(at.second()), 2, '.'),
        (i64::from(at.millisecond()), 3, 'Z'),
    ];
    for (number, digits, end) in parts {
        push(&mut text, number, digits);
        text.push(end);
    }
    text
}

/// Digits by hand: listings of millions of users write millions of times, and `format!` is most of their cost.
fn push(text: &mut String, number: i64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        text.push(u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10)).unwrap_or('0'));
    }
}

/// Reads RFC 3339, or a date alone, which is its midnight in UTC.
pub fn parse(text: &str) -> Option<i64> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let at = OffsetDateTime::parse(&whole, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_its_spelling() {
        assert_eq!(iso(1_738_518_961_566), "2025-02-02T17:56:01.566Z");
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(parse("2025-02-02T17:56:01.566Z"), Some(1_738_518_961_566));
        assert_eq!(parse("2025-02-02"), Some(1_738_454_400_000));
        assert_eq!(parse("yesterday"), None);
    }
}
