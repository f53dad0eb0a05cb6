//! Reads resources out of the text of `template.yaml`, tables above all.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml_ng::Value;

/// Why the template does not say what a resource needs.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The text is no YAML, or has no `Resources`.
    #[error("template.yaml cannot be read as a template")]
    Unreadable(#[source] serde_yaml_ng::Error),
    /// A logical id is not there.
    #[error("template.yaml has no resource with the logical id {0}")]
    Missing(&'static str),
    /// A resource of that logical id is something else.
    #[error("{id} in template.yaml is no {wanted} but {found}")]
    OtherType {
        /// The logical id.
        id: &'static str,
        /// What it should be.
        wanted: &'static str,
        /// Its type.
        found: String,
    },
    /// A resource lacks a property, or has one of another shape.
    #[error("the properties of {id} in template.yaml are not what they must be")]
    Malformed {
        /// The logical id.
        id: &'static str,
        /// What the parser missed.
        #[source]
        source: serde_yaml_ng::Error,
    },
    /// A table has a property that the SDK refuses.
    #[error("{id} in template.yaml has a definition that DynamoDB's SDK refuses")]
    Refused {
        /// The logical id.
        id: &'static str,
        /// What the SDK says.
        #[source]
        source: aws_sdk_dynamodb::error::BuildError,
    },
}

/// The properties of an `AWS::DynamoDB::Table` that count on every engine.
///
/// Backups, deletion protection and tags are left out: engines on one machine do not have them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Table {
    pub(super) attribute_definitions: Vec<Attribute>,
    pub(super) key_schema: Vec<Key>,
    #[serde(default)]
    pub(super) global_secondary_indexes: Vec<Index>,
    pub(super) stream_specification: Option<Stream>,
    pub(super) time_to_live_specification: Option<TimeToLive>,
}

/// One of `AttributeDefinitions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    pub(super) attribute_name: String,
    pub(super) attribute_type: String,
}

/// One of a `KeySchema`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Key {
    pub(super) attribute_name: String,
    pub(super) key_type: String,
}

/// One of `GlobalSecondaryIndexes`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Index {
    #[serde(rename = "IndexName")]
    pub(super) name: String,
    pub(super) key_schema: Vec<Key>,
    pub(super) projection: Projection,
}

/// What an index holds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Projection {
    pub(super) projection_type: String,
    #[serde(default)]
    pub(super) non_key_attributes: Vec<String>,
}

/// The `StreamSpecification`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Stream {
    pub(super) stream_view_type: String,
}

/// The `TimeToLiveSpecification`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TimeToLive {
    pub(super) attribute_name: String,
    pub(super) enabled: bool,
}

/// A template, of which a few resources are read. All else may be any YAML, CloudFormation's tags included.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Template {
    resources: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    properties: Value,
}

impl Template {
    /// The one that is built in.
    pub(crate) fn bundled() -> Result<Self, TemplateError> {
        Self::parse(include_str!("../../../template.yaml"))
    }

    fn parse(text: &str) -> Result<Self, TemplateError> {
        serde_yaml_ng::from_str(text).map_err(TemplateError::Unreadable)
    }

    /// The table with the logical id `id`.
    pub(super) fn table(&self, id: &'static str) -> Result<Table, TemplateError> {
        self.properties(id, "AWS::DynamoDB::Table")
    }

    /// The properties of the resource with the logical id `id`, which must be of the type `wanted`.
    pub(crate) fn properties<T: DeserializeOwned>(
        &self,
        id: &'static str,
        wanted: &'static str,
    ) -> Result<T, TemplateError> {
        let malformed = |source| TemplateError::Malformed { id, source };
        let resource = self.resources.get(id).ok_or(TemplateError::Missing(id))?;
        let resource = Resource::deserialize(resource).map_err(malformed)?;
        if resource.r#type != wanted {
            return Err(TemplateError::OtherType { id, wanted, found: resource.r#type });
        }
        T::deserialize(resource.properties).map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const TEXT: &str = "
Resources:
  People:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub '${AWS::StackName}-people'
      DeletionProtectionEnabled: !If [Protected, true, false]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
  Queue:
    Type: AWS::SQS::Queue
    Properties: { QueueName: !Ref Name }
  Keyless:
    Type: AWS::DynamoDB::Table
    Properties: { AttributeDefinitions: [] }
";

    fn refusal(id: &'static str) -> TemplateError {
        Template::parse(TEXT).unwrap().table(id).unwrap_err()
    }

    #[test]
    fn intrinsic_functions_around_and_inside_a_table_are_tolerated() {
        let people = Template::parse(TEXT).unwrap().table("People").unwrap();
        assert_eq!(people.key_schema[0].attribute_name, "id");
        assert!(people.time_to_live_specification.is_none());
    }

    #[test]
    fn what_the_template_lacks_is_named() {
        assert_eq!(refusal("Users").to_string(), "template.yaml has no resource with the logical id Users");
        assert_eq!(
            refusal("Queue").to_string(),
            "Queue in template.yaml is no AWS::DynamoDB::Table but AWS::SQS::Queue"
        );
        let keyless = refusal("Keyless");
        assert!(keyless.to_string().contains("Keyless"));
        let source = std::error::Error::source(&keyless).unwrap().to_string();
        assert!(source.contains("KeySchema"), "{source}");
        assert!(matches!(Template::parse("Transform: x"), Err(TemplateError::Unreadable(_))));
    }
}
