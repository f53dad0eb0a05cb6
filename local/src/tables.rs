//! The tables, made from `template.yaml` on whatever engine answers.

mod template;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::error::{BuildError, DisplayErrorContext};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, Projection, StreamSpecification,
    TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};

use shared::config::Tables;
pub(crate) use template::Template;
pub use template::TemplateError;
use template::{Attribute, Index, Key, Table};

const LOGICAL_IDS: [&str; 4] = ["Users", "Claims", "Audit", "SyncRuns"];
const UNTIL_ACTIVE: Duration = Duration::from_secs(120);

/// Whether tables get the stream that the template gives them.
///
/// The embedded engine's stream makes every write dearer than the one before it, so it is off unless somebody reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stream {
    /// No stream.
    #[default]
    Off,
    /// As the template says.
    AsDefined,
}

/// One table of the template, ready to be created under any name.
#[derive(Clone, Debug)]
pub struct TableDefinition {
    /// Its logical id in the template.
    pub logical_id: &'static str,
    /// All of `CreateTable`'s input but the table's name.
    pub input: CreateTableInputBuilder,
    /// The attribute that says when an item may go, in seconds.
    pub ttl_attribute: Option<String>,
}

/// Why the tables are not there.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The template is at fault.
    #[error("the tables are not defined")]
    Template(#[from] TemplateError),
    /// The engine is at fault, or out of reach.
    #[error("{operation} of {table} failed: {reason}")]
    Engine {
        /// The request that failed.
        operation: &'static str,
        /// The table's name.
        table: String,
        /// What the engine, or the way to it, says.
        reason: String,
    },
}

/// `Users`, `Claims`, `Audit` and `SyncRuns`, in this order, as `template.yaml` defines them.
pub fn definitions(stream: Stream) -> Result<[TableDefinition; 4], TemplateError> {
    let template = Template::bundled()?;
    let [users, claims, audit, sync_runs] = LOGICAL_IDS;
    let defined = |id| definition(id, template.table(id)?, stream);
    Ok([defined(users)?, defined(claims)?, defined(audit)?, defined(sync_runs)?])
}

/// Creates what is missing, without streams, and returns when all of it can be used.
pub async fn create(client: &Client, names: &Tables) -> Result<(), CreateError> {
    create_with(client, names, Stream::Off).await
}

/// As [`create`], with the stream as asked. A table that is there keeps the stream it has.
pub async fn create_with(client: &Client, names: &Tables, stream: Stream) -> Result<(), CreateError> {
    for (definition, name) in
        definitions(stream)?.into_iter().zip([&names.users, &names.claims, &names.audit, &names.sync_runs])
    {
        create_table(client, definition.input, name).await?;
        if let Some(attribute) = definition.ttl_attribute {
            set_ttl(client, name, &attribute).await?;
        }
    }
    Ok(())
}

async fn create_table(client: &Client, input: CreateTableInputBuilder, name: &str) -> Result<(), CreateError> {
    match input.table_name(name).send_with(client).await {
        Ok(made) => {
            let status = made.table_description().and_then(|it| it.table_status());
            if status == Some(&TableStatus::Active) {
                return Ok(());
            }
        }
        Err(lost) if lost.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => {}
        Err(error) => return Err(failed("CreateTable", name)(error)),
    }
    let exists = client.wait_until_table_exists().table_name(name);
    exists.wait(UNTIL_ACTIVE).await.map(|_| ()).map_err(failed("DescribeTable", name))
}

/// Asks first: AWS refuses to set what is set already.
async fn set_ttl(client: &Client, name: &str, attribute: &str) -> Result<(), CreateError> {
    let now = client.describe_time_to_live().table_name(name).send().await;
    let now = now.map_err(failed("DescribeTimeToLive", name))?;
    let status = now.time_to_live_description().and_then(|it| it.time_to_live_status());
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let refused = |error: BuildError| failed("UpdateTimeToLive", name)(error);
    let specification =
        TimeToLiveSpecification::builder().attribute_name(attribute).enabled(true).build().map_err(refused)?;
    let update = client.update_time_to_live().table_name(name);
    let update = update.time_to_live_specification(specification).send();
    update.await.map(|_| ()).map_err(failed("UpdateTimeToLive", name))
}

fn failed<E: std::error::Error>(operation: &'static str, table: &str) -> impl Fn(E) -> CreateError {
    move |error| CreateError::Engine {
        operation,
        table: table.to_owned(),
        reason: DisplayErrorContext(&error).to_string(),
    }
}

fn definition(logical_id: &'static str, table: Table, stream: Stream) -> Result<TableDefinition, TemplateError> {
    let ttl_attribute =
        table.time_to_live_specification.as_ref().filter(|it| it.enabled).map(|it| it.attribute_name.clone());
    let input = input(table, stream).map_err(|source| TemplateError::Refused { id: logical_id, source })?;
    Ok(TableDefinition { logical_id, input, ttl_attribute })
}

fn input(table: Table, stream: Stream) -> Result<CreateTableInputBuilder, BuildError> {
    let indexes: Vec<_> = table.global_secondary_indexes.into_iter().map(index).collect::<Result<_, _>>()?;
    let specification = table
        .stream_specification
        .filter(|_| stream == Stream::AsDefined)
        .map(|it| {
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(it.stream_view_type.as_str().into())
                .build()
        })
        .transpose()?;
    Ok(CreateTableInputBuilder::default()
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes(table.attribute_definitions)?))
        .set_key_schema(Some(keys(table.key_schema)?))
        .set_global_secondary_indexes(Some(indexes).filter(|it| !it.is_empty()))
        .set_stream_specification(specification))
}

fn attributes(attributes: Vec<Attribute>) -> Result<Vec<AttributeDefinition>, BuildError> {
    let build = |it: Attribute| {
        AttributeDefinition::builder()
            .attribute_name(it.attribute_name)
            .attribute_type(it.attribute_type.as_str().into())
            .build()
    };
    attributes.into_iter().map(build).collect()
}

fn keys(keys: Vec<Key>) -> Result<Vec<KeySchemaElement>, BuildError> {
    let build = |it: Key| {
        KeySchemaElement::builder().attribute_name(it.attribute_name).key_type(it.key_type.as_str().into()).build()
    };
    keys.into_iter().map(build).collect()
}

fn index(index: Index) -> Result<GlobalSecondaryIndex, BuildError> {
    let others = Some(index.projection.non_key_attributes).filter(|it| !it.is_empty());
    let projection = Projection::builder()
        .projection_type(index.projection.projection_type.as_str().into())
        .set_non_key_attributes(others)
        .build();
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(keys(index.key_schema)?))
        .projection(projection)
        .build()
}

#[cfg(test)]
mod tests;
