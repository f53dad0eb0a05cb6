//! A subject as one segment of a URL's path.

/// Percent-encodes everything but what RFC 3986 leaves unreserved, `|` and `/` included.
///
/// `None` for what no segment can hold: nothing at all, and the two names of folders.
pub(super) fn segment(subject: &str) -> Option<String> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if matches!(subject, "" | "." | "..") {
        return None;
    }
    let mut encoded = String::with_capacity(subject.len() + 8);
    for byte in subject.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    Some(encoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bars_slashes_and_signs_are_encoded() {
        assert_eq!(segment("auth0|a/b#c%d?e é").as_deref(), Some("auth0%7Ca%2Fb%23c%25d%3Fe%20%C3%A9"));
        assert_eq!(segment("user_2.x-y~z").as_deref(), Some("user_2.x-y~z"));
        assert_eq!([segment(""), segment("."), segment("..")], [None, None, None]);
    }

    proptest! {
        #[test]
        fn any_subject_is_one_segment_that_a_url_leaves_alone(subject in ".{3,40}") {
            let encoded = segment(&subject);
            let url = encoded.as_ref().and_then(|encoded| url::Url::parse(&format!("https://a.example/users/{encoded}")).ok());
            prop_assert_eq!(url.as_ref().and_then(|url| url.path().strip_prefix("/users/")), encoded.as_deref());
        }
    }
}
