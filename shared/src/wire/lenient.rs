//! Fields that providers may fill with anything: what is not of the kind that we read is absent, and never an error.

mod meaning;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess};

use meaning::{Meaning, read};

/// A text. Empty texts are absent, as everything is that is no text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Option<String>);

impl Text {
    /// The text, never empty.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// A copy of it, as facts take it.
    pub fn told(&self) -> Option<String> {
        self.0.clone()
    }
}

/// A yes or no. The texts `true` and `false` count too, for some identity providers write them so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flag(Option<bool>);

impl Flag {
    /// Whether it says yes.
    pub fn is_set(self) -> bool {
        self.0 == Some(true)
    }
}

/// A whole number. `5.0` is one too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whole(Option<i64>);

impl Whole {
    /// The number.
    pub fn number(self) -> Option<i64> {
        self.0
    }
}

/// An identifier that is a text or a whole number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextOrNumber(Option<String>);

impl TextOrNumber {
    /// The identifier as text, never empty.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// An object; anything else is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object<T>(Option<T>);

impl<T> Object<T> {
    /// The object.
    pub fn object(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

/// The objects of a list, without what is no object in it; anything but a list is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(Vec<T>);

impl<T> List<T> {
    /// The objects, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl Meaning<'_> for Text {
    fn of_str(text: &str) -> Self {
        Self((!text.is_empty()).then(|| text.to_owned()))
    }
    fn of_string(text: String) -> Self {
        Self(Some(text).filter(|text| !text.is_empty()))
    }
}

impl Meaning<'_> for Flag {
    fn of_bool(flag: bool) -> Self {
        Self(Some(flag))
    }
    fn of_str(text: &str) -> Self {
        Self(text.parse().ok())
    }
}

impl Meaning<'_> for Whole {
    fn of_whole(number: i64) -> Self {
        Self(Some(number))
    }
}

impl Meaning<'_> for TextOrNumber {
    fn of_whole(number: i64) -> Self {
        Self(Some(number.to_string()))
    }
    fn of_str(text: &str) -> Self {
        Self((!text.is_empty()).then(|| text.to_owned()))
    }
}

impl<'de, T: Deserialize<'de>> Meaning<'de> for Object<T> {
    fn of_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(|object| Self(Some(object)))
    }
}

impl<'de, T: Deserialize<'de>> Meaning<'de> for List<T> {
    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Object<T>>()? {
            list.extend(item.0);
        }
        Ok(Self(list))
    }
}

macro_rules! takes_any_json {
    ($($name:ident $(<$of:ident>)?),*) => {$(
        impl<'de $(, $of: Deserialize<'de>)?> Deserialize<'de> for $name $(<$of>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read(deserializer)
            }
        }
    )*};
}

takes_any_json!(Text, Flag, Whole, TextOrNumber, Object<T>, List<T>);

#[cfg(test)]
mod tests;
