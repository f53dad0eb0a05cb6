//! What a query means, and what it must not be taken to mean.

use super::*;

fn window(text: &str) -> Result<(i64, i64), BadQuery> {
    text.parse::<Query>().map(|query| query.window())
}

#[test]
fn ranges_know_their_brackets() {
    assert_eq!(window("created_at:[1970-01-01 TO 1970-01-01T00:00:01.000Z]"), Ok((0, 1000)));
    assert_eq!(window("created_at:{1970-01-01 TO 1970-01-01T00:00:01Z}"), Ok((1, 999)));
    assert_eq!(window(r#"created_at:["1970-01-01" TO *] AND email:"a@b.c""#), Ok((0, i64::MAX)));
}

#[test]
fn what_is_not_understood_is_refused() {
    for text in ["ada", "email:\"ada", "created_at:2024", "a:b", "email:a OR email:b", "email:a AND ", "email:(a b)"] {
        assert!(text.parse::<Query>().is_err(), "{text}");
    }
}

#[test]
fn terms_match_without_regard_to_case() {
    let user = User { email: Some("Ada@example.com".to_owned()), ..User::default() };
    for (text, matches) in [
        ("email:\"ada@EXAMPLE.com\"", true),
        ("email:ada*", true),
        ("email:ada", false),
        ("blocked:false AND email:ada*", true),
        ("last_login:[* TO *]", false),
    ] {
        assert_eq!(text.parse::<Query>().map(|query| query.matches(&user)), Ok(matches), "{text}");
    }
}
