//! One way to take in any JSON value, and to ask a field what it means.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What a JSON value means to a field: nothing, unless the field says otherwise.
pub(super) trait Meaning<'de>: Default {
    fn of_bool(_: bool) -> Self {
        Self::default()
    }
    fn of_whole(_: i64) -> Self {
        Self::default()
    }
    fn of_str(_: &str) -> Self {
        Self::default()
    }
    fn of_string(text: String) -> Self {
        Self::of_str(&text)
    }
    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
    fn of_object<A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// Takes any JSON value to its end, without keeping more of it than `M` does.
pub(super) fn read<'de, M: Meaning<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    deserializer.deserialize_any(Any(PhantomData))
}

/// Takes any JSON value, and asks `M` what it means.
struct Any<M>(PhantomData<M>);

impl<'de, M: Meaning<'de>> Visitor<'de> for Any<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<M, E> {
        Ok(M::of_bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<M, E> {
        Ok(M::of_whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<M, E> {
        Ok(i64::try_from(number).map_or_else(|_| M::default(), M::of_whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<M, E> {
        Ok(whole(number).map_or_else(M::default, M::of_whole))
    }

    fn visit_str<E>(self, text: &str) -> Result<M, E> {
        Ok(M::of_str(text))
    }

    fn visit_string<E>(self, text: String) -> Result<M, E> {
        Ok(M::of_string(text))
    }

    fn visit_unit<E>(self) -> Result<M, E> {
        Ok(M::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<M, A::Error> {
        M::of_list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<M, A::Error> {
        M::of_object(entries)
    }
}

/// The integer that a float stands for. Past 2^53 floats round, and another identifier is worse than none.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "integral and within 2^53")]
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}
