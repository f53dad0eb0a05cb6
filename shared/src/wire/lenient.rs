//! Values of providers' users, of which only the id is promised: a value of an odd type counts as absent.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What any JSON value becomes: what is of use of a scalar, nothing of the rest.
#[derive(Debug, Default, Clone, PartialEq)]
enum Scalar {
    #[default]
    Absent,
    Flag(bool),
    Whole(i64),
    Text(String),
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(i64::try_from(value).map_or(Scalar::Absent, Scalar::Whole))
    }

    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53 is exact in both types")]
    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        let whole = value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0;
        Ok(if whole { Scalar::Whole(value as i64) } else { Scalar::Absent })
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Absent)
    }

    fn visit_none<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Absent)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Absent)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Scalar, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Absent)
    }
}

/// A text; anything else is absent.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Text(text) => Some(text),
        _ => None,
    })
}

/// A text, or a whole number as text: some identity providers count their users.
pub(super) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Text(text) => Some(text),
        Scalar::Whole(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A flag, also as the text that some identity providers send; anything else is false.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Flag(flag) => flag,
        Scalar::Text(text) => text == "true",
        _ => false,
    })
}

/// A whole number; anything else is absent.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Whole(number) => Some(number),
        _ => None,
    })
}

/// A list of `T`, without those of its items that are no `T`; anything but a list is empty.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(OneOrNone::<Listed<T>>::deserialize(deserializer)?.0.map_or(Vec::new(), |list| list.0))
}

/// A list whose every item counts, also those that are no `T`; anything but a list is an error.
pub(crate) fn items<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Option<T>>, D::Error> {
    let items = Vec::<OneOrNone<Object<T>>>::deserialize(deserializer)?;
    Ok(items.into_iter().map(|item| item.0.map(|object| object.0)).collect())
}

/// One `T` where an object may stand; anything but an object is none.
pub(super) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(OneOrNone::<Object<T>>::deserialize(deserializer)?.0.map(|object| object.0))
}

/// A list, and an object: what one JSON value can be read as.
struct Listed<T>(Vec<T>);
struct Object<T>(T);

/// How one kind of compound value is taken in.
trait Compound<'de>: Sized {
    fn of_list<A: SeqAccess<'de>>(items: A) -> Result<Option<Self>, A::Error>;
    fn of_object<A: MapAccess<'de>>(entries: A) -> Result<Option<Self>, A::Error>;
}

impl<'de, T: Deserialize<'de>> Compound<'de> for Listed<T> {
    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Option<Self>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<OneOrNone<Object<T>>>()? {
            list.extend(item.0.map(|object| object.0));
        }
        Ok(Some(Self(list)))
    }

    fn of_object<A: MapAccess<'de>>(mut entries: A) -> Result<Option<Self>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de, T: Deserialize<'de>> Compound<'de> for Object<T> {
    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Option<Self>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn of_object<A: MapAccess<'de>>(entries: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(serde::de::value::MapAccessDeserializer::new(entries)).map(Self).map(Some)
    }
}

struct OneOrNone<T>(Option<T>);

impl<'de, T: Compound<'de>> Deserialize<'de> for OneOrNone<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CompoundValue(std::marker::PhantomData)).map(Self)
    }
}

struct CompoundValue<T>(std::marker::PhantomData<T>);

impl<'de, T: Compound<'de>> Visitor<'de> for CompoundValue<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Option<T>, A::Error> {
        T::of_list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Option<T>, A::Error> {
        T::of_object(entries)
    }
}
