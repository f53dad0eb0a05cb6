//! What a table looks like from outside: its keys, its indexes, its TTL, and the database's clock. Nothing is written.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{KeySchemaElement, TimeToLiveStatus};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

use super::error::StoreError;
use crate::clock::Timestamp;

/// The tables as the database describes them.
#[derive(Clone)]
pub struct Schema {
    client: Client,
}

/// What a table looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its keys, the partition key first.
    pub keys: Vec<String>,
    /// Its global indexes, each with its keys.
    pub indexes: Vec<(String, Vec<String>)>,
    /// When the database described it, by its own clock, in whole seconds.
    pub described_at: Option<Timestamp>,
}

impl Schema {
    /// The tables behind `client`.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// A table; `None` if there is none of that name.
    pub async fn shape(&self, table: &str) -> Result<Option<Shape>, StoreError> {
        let heard = Heard::default();
        let request = self.client.describe_table().table_name(table).customize().interceptor(heard.clone());
        let described = match request.send().await {
            Ok(described) => described.table,
            Err(error) => match error.as_service_error() {
                Some(DescribeTableError::ResourceNotFoundException(_)) => return Ok(None),
                _ => return Err(StoreError::unavailable("DescribeTable", &error)),
            },
        };
        Ok(described.map(|table| Shape {
            keys: names(table.key_schema()),
            indexes: table
                .global_secondary_indexes()
                .iter()
                .map(|index| (index.index_name().unwrap_or_default().to_owned(), names(index.key_schema())))
                .collect(),
            described_at: heard.date(),
        }))
    }

    /// The attribute by which rows expire; `Ok(None)` when none do, and an error where the database does not tell.
    pub async fn expiry(&self, table: &str) -> Result<Option<String>, StoreError> {
        let answer = self.client.describe_time_to_live().table_name(table).send().await;
        let told = answer.map_err(|error| unavailable(&error))?.time_to_live_description;
        let on = told.filter(|told| {
            matches!(told.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
        });
        Ok(on.and_then(|on| on.attribute_name))
    }
}

fn unavailable<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> StoreError {
    StoreError::unavailable("DescribeTimeToLive", error)
}

fn names(keys: &[KeySchemaElement]) -> Vec<String> {
    keys.iter().map(|key| key.attribute_name().to_owned()).collect()
}

/// Hears the `Date` of the last answer.
#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Option<Timestamp>>>);

impl Heard {
    fn date(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for Heard {
    fn name(&self) -> &'static str {
        "Date"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let date = date.and_then(|date| Timestamp::from_millis(date.secs().checked_mul(1000)?));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}
