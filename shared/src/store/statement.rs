//! One update of one item, put together attribute by attribute.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::Item;
use crate::clock::Timestamp;

/// What an `UpdateItem`, alone or in a transaction, sets, removes and requires.
#[derive(Default)]
pub(super) struct Statement {
    sets: Vec<String>,
    removes: Vec<&'static str>,
    condition: String,
    values: HashMap<String, AttributeValue>,
}

/// The expressions of a [`Statement`], as the SDK takes them.
pub(super) struct Expressions {
    pub(super) update: String,
    pub(super) condition: String,
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: HashMap<String, AttributeValue>,
}

/// `name` is a reserved word of DynamoDB's expressions, and the only one among our attributes.
fn path(attribute: &'static str) -> &'static str {
    if attribute == "name" { "#name" } else { attribute }
}

/// A text value.
pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A time value, in ms.
pub(super) fn ms(time: Timestamp) -> AttributeValue {
    AttributeValue::N(time.millis().to_string())
}

impl Statement {
    /// Sets an attribute.
    pub(super) fn set(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        self.sets.push(format!("{} = :{attribute}", path(attribute)));
        self.value(attribute, value)
    }

    /// Sets an attribute unless it is there.
    pub(super) fn set_once(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        self.sets.push(format!("{attribute} = if_not_exists({attribute}, :{attribute})"));
        self.value(attribute, value)
    }

    /// Sets or removes an attribute.
    pub(super) fn set_or_remove(self, attribute: &'static str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(attribute, value),
            None => self.remove(&[attribute]),
        }
    }

    /// Removes attributes.
    pub(super) fn remove(mut self, attributes: &[&'static str]) -> Self {
        self.removes.extend(attributes.iter().map(|attribute| path(attribute)));
        self
    }

    /// Requires a condition, beside those that are required already.
    pub(super) fn given(mut self, condition: &str) -> Self {
        if self.condition.is_empty() {
            condition.clone_into(&mut self.condition);
        } else {
            self.condition = format!("({}) AND ({condition})", self.condition);
        }
        self
    }

    /// Requires that these attributes are still as they are in `met`.
    pub(super) fn given_still(mut self, met: &Item, attributes: &[&'static str]) -> Self {
        for attribute in attributes {
            self = match met.get(*attribute) {
                Some(value) => self
                    .given(&format!("{attribute} = :met_{attribute}"))
                    .value(&format!("met_{attribute}"), value.clone()),
                None => self.given(&format!("attribute_not_exists({attribute})")),
            };
        }
        self
    }

    /// Gives a value that a condition names.
    pub(super) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(format!(":{name}"), value);
        self
    }

    /// The expressions.
    pub(super) fn expressions(self) -> Expressions {
        let mut update = format!("SET {}", self.sets.join(", "));
        if !self.removes.is_empty() {
            update = format!("{update} REMOVE {}", self.removes.join(", "));
        }
        let names = update.contains("#name").then(|| HashMap::from([("#name".to_owned(), "name".to_owned())]));
        Expressions { update, condition: self.condition, names, values: self.values }
    }
}
