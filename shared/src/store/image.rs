//! A row as the stream of the table shows it: an image in DynamoDB's own JSON, read as any row is.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error::StoreError;
use super::item::{self, Item, text};
use crate::domain::User;

/// A row before or after a write.
pub struct Image(Item);

impl Image {
    /// Reads `{"attribute": {"S": "…"}, …}`; `None` if it is anything else.
    pub fn read(json: &Value) -> Option<Self> {
        attributes(json).map(Self)
    }

    /// The row; `None` where there was none.
    pub fn user(&self) -> Result<Option<User>, StoreError> {
        item::user(&self.0)
    }

    /// Who wrote it last.
    pub fn changed_by(&self) -> Option<&str> {
        text(&self.0, "changed_by")
    }
}

fn attributes(json: &Value) -> Option<HashMap<String, AttributeValue>> {
    json.as_object()?.iter().map(|(name, json)| Some((name.clone(), attribute(json)?))).collect()
}

fn attribute(json: &Value) -> Option<AttributeValue> {
    let (kind, value) = only(json.as_object()?)?;
    Some(match kind {
        "S" => AttributeValue::S(value.as_str()?.to_owned()),
        "N" => AttributeValue::N(value.as_str()?.to_owned()),
        "BOOL" => AttributeValue::Bool(value.as_bool()?),
        "NULL" => AttributeValue::Null(value.as_bool()?),
        "M" => AttributeValue::M(attributes(value)?),
        "L" => AttributeValue::L(value.as_array()?.iter().map(attribute).collect::<Option<_>>()?),
        "SS" => AttributeValue::Ss(texts(value)?),
        "NS" => AttributeValue::Ns(texts(value)?),
        "B" => AttributeValue::B(blob(value)?),
        "BS" => AttributeValue::Bs(value.as_array()?.iter().map(blob).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn only(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut pairs = object.iter();
    let (kind, value) = pairs.next()?;
    pairs.next().is_none().then_some((kind, value))
}

fn texts(json: &Value) -> Option<Vec<String>> {
    json.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn blob(json: &Value) -> Option<Blob> {
    STANDARD.decode(json.as_str()?).ok().map(Blob::new)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_attribute_is_read() {
        let json = json!({"s": {"S": "a"}, "n": {"N": "1.5"}, "t": {"BOOL": true}, "z": {"NULL": true},
            "m": {"M": {"in": {"L": [{"S": "b"}, {"N": "2"}]}}}, "ss": {"SS": ["a"]}, "ns": {"NS": ["1"]},
            "b": {"B": "AQI="}, "bs": {"BS": ["AQI="]}});
        let item = Image::read(&json).unwrap().0;
        assert_eq!(item["s"], AttributeValue::S("a".to_owned()));
        assert_eq!(item["n"], AttributeValue::N("1.5".to_owned()));
        assert_eq!((&item["t"], &item["z"]), (&AttributeValue::Bool(true), &AttributeValue::Null(true)));
        let inner = [AttributeValue::S("b".to_owned()), AttributeValue::N("2".to_owned())].to_vec();
        assert_eq!(item["m"], AttributeValue::M(HashMap::from([("in".to_owned(), AttributeValue::L(inner))])));
        assert_eq!(item["ss"], AttributeValue::Ss(vec!["a".to_owned()]));
        assert_eq!(item["ns"], AttributeValue::Ns(vec!["1".to_owned()]));
        assert_eq!(item["b"], AttributeValue::B(Blob::new([1, 2])));
        assert_eq!(item["bs"], AttributeValue::Bs(vec![Blob::new([1, 2])]));
    }

    #[test]
    fn anything_else_is_not_read() {
        for value in [
            json!("a"),
            json!({}),
            json!({"S": 1}),
            json!({"N": 1}),
            json!({"S": "a", "N": "1"}),
            json!({"X": "a"}),
            json!({"B": "?"}),
            json!({"L": [{"S": 1}]}),
            json!({"M": {"a": {"S": 1}}}),
        ] {
            assert!(Image::read(&json!({"a": value})).is_none(), "{value}");
        }
        assert!(Image::read(&json!([])).is_none() && Image::read(&json!(null)).is_none());
    }
}
