//! Times in HTTP headers.

use http::HeaderMap;
use http::header::{DATE, HeaderName};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::clock::Timestamp;

/// An HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let read = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Timestamp::from_millis(read.unix_timestamp().checked_mul(1000)?)
}

/// When the server says that it answered.
pub(super) fn date_of(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(text_of(headers, &DATE)?)
}

/// A header's text; `None` when it is absent or no text.
pub(super) fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_the_standard_writes_it() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT").map(Timestamp::seconds), Some(784_111_777));
        for wrong in ["", "5", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1894 08:49:37 GMT", "yesterday"] {
            assert_eq!(http_date(wrong), None, "{wrong}");
        }
    }
}
