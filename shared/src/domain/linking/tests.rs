//! Wishes for keys and customers, and the sets that they make.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

const THEN: i64 = 1_000;
const NOW: i64 = 2_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn key(number: usize) -> PublicKey {
    format!("0x{number:040x}").parse().unwrap()
}

/// So many keys, all linked at one time.
fn keys(numbers: impl IntoIterator<Item = usize>) -> Keys {
    numbers.into_iter().map(|number| (key(number).canonical(), at(THEN))).collect()
}

fn verdict(keys: &Keys, wish: Wish<'_>) -> KeysVerdict {
    keys_verdict(keys, wish, at(NOW))
}

#[test]
fn a_new_key_comes_with_the_time_and_leaves_the_others() {
    let mut both = keys([1]);
    both.insert(key(2).canonical(), at(NOW));
    assert_eq!(verdict(&keys([1]), Wish::With(&key(2))), KeysVerdict::Write(both, vec![]));
}

#[test]
fn a_wish_that_is_fulfilled_writes_nothing() {
    for wish in [Wish::With(&key(1)), Wish::Only(&key(1)), Wish::Without(&key(2))] {
        assert_eq!(verdict(&keys([1]), wish), KeysVerdict::Stands);
    }
    assert_eq!(verdict(&keys([]), Wish::Nothing), KeysVerdict::Stands);
}

#[test]
fn the_only_key_names_those_that_go_and_keeps_its_time_if_it_was_there() {
    let gone = |numbers: [usize; 2]| numbers.map(|number| key(number).canonical()).to_vec();
    assert_eq!(verdict(&keys([1, 2, 3]), Wish::Only(&key(2))), KeysVerdict::Write(keys([2]), gone([1, 3])));
    let anew = Keys::from([(key(9).canonical(), at(NOW))]);
    assert_eq!(verdict(&keys([1, 2]), Wish::Only(&key(9))), KeysVerdict::Write(anew, gone([1, 2])));
}

#[test]
fn unlinking_names_what_goes() {
    assert_eq!(verdict(&keys([1, 2]), Wish::Without(&key(1))), KeysVerdict::Write(keys([2]), vec![key(1).canonical()]));
    let all = KeysVerdict::Write(Keys::new(), vec![key(1).canonical(), key(2).canonical()]);
    assert_eq!(verdict(&keys([1, 2]), Wish::Nothing), all);
}

#[test]
fn the_twenty_first_key_is_too_many_and_one_in_place_of_twenty_is_not() {
    assert!(matches!(verdict(&keys(1..20), Wish::With(&key(99))), KeysVerdict::Write(keys, _) if keys.len() == 20));
    assert_eq!(verdict(&keys(1..21), Wish::With(&key(99))), KeysVerdict::TooMany);
    assert_eq!(verdict(&keys(1..21), Wish::With(&key(20))), KeysVerdict::Stands);
    assert!(matches!(verdict(&keys(1..21), Wish::Only(&key(99))), KeysVerdict::Write(_, gone) if gone.len() == 20));
    assert!(matches!(verdict(&keys(1..25), Wish::Without(&key(1))), KeysVerdict::Write(..)), "less is never too many");
}

#[test]
fn a_customer_is_set_where_there_is_none_or_in_place_of_the_one_that_is_named() {
    use CustomerVerdict::{Differs, Stands, Write};
    for (standing, replaces, expected) in [
        (None, None, Write),
        (None, Some("cus_a"), Differs),
        (Some("cus_b"), None, Stands),
        (Some("cus_b"), Some("cus_a"), Stands),
        (Some("cus_a"), None, Differs),
        (Some("cus_a"), Some("cus_a"), Write),
        (Some("cus_a"), Some("cus_c"), Differs),
    ] {
        assert_eq!(customer_verdict(standing, "cus_b", replaces), expected, "{standing:?} {replaces:?}");
    }
}
