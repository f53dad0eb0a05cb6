//! What Lambda does between the stream of `Users` and a function: records in batches and in order, and again what was
//! not done with.

mod record;
mod shards;

use std::time::Duration;

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_dynamodbstreams::types::Record;
use serde_json::Value;
use shared::aws;
use shared::config::Aws;

use record::{batch, sequence_number};
pub use shards::Positions;
use shards::Shards;

/// How long it rests when there is nothing new.
const IDLE: Duration = Duration::from_millis(100);
/// How long it rests after the stream could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long a table may take to be described.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a record is handed over before it is given up, so that one that cannot be read holds up nobody for ever.
const ATTEMPTS: u32 = 8;

/// A client of the streams of the same engine as DynamoDB's.
pub(crate) fn streams(aws: &Aws, http: SharedHttpClient) -> Client {
    let mut config = aws_sdk_dynamodbstreams::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(aws::credentials(aws))
        .http_client(http);
    if let Some(endpoint) = &aws.dynamodb_endpoint {
        config = config.endpoint_url(endpoint);
    }
    Client::from_conf(config.build())
}

/// The stream of a table; `None` where it has none.
pub(crate) async fn stream_of(aws: &Aws, http: SharedHttpClient, table: &str) -> Option<String> {
    let client = aws::dynamodb(aws, http, PATIENCE);
    let described = client.describe_table().table_name(table).send().await.ok()?.table?;
    described.stream_specification.is_some_and(|stream| stream.stream_enabled).then_some(described.latest_stream_arn)?
}

/// Hands the stream at `arn` to `consumer`, for ever, from where `positions` left off. `consumer` answers as a function
/// does: `{"batchItemFailures": […]}`, or `None` for a failed invocation. What failed comes again after `backoff`, twice
/// as long each time.
pub(crate) async fn follow<F, A>(client: Client, arn: String, positions: Positions, backoff: Duration, mut consumer: F)
where
    F: FnMut(Value) -> A + Send,
    A: Future<Output = Option<Value>> + Send,
{
    let mut shards = Shards::new(client, arn, positions);
    loop {
        match shards.next().await {
            Ok(batches) if batches.is_empty() => tokio::time::sleep(IDLE).await,
            Ok(batches) => {
                for (shard, records) in batches {
                    hand_over(&shards, &shard, &records, backoff, &mut consumer).await;
                }
            }
            Err(reason) => {
                tracing::warn!(reason, "the stream of changes cannot be read");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// Hands over all of it, in order. After a failure one record goes at a time, so that one that cannot be read is alone.
async fn hand_over<F, A>(shards: &Shards, shard: &str, mut records: &[Record], backoff: Duration, consumer: &mut F)
where
    F: FnMut(Value) -> A + Send,
    A: Future<Output = Option<Value>> + Send,
{
    let mut failures = 0;
    while let Some((first, others)) = records.split_first() {
        let handed = if failures == 0 { records } else { std::slice::from_ref(first) };
        let done = done_of(handed, consumer(batch(handed)).await.as_ref());
        if let Some(last) = done.checked_sub(1).and_then(|last| handed.get(last)) {
            shards.passed(shard, sequence_number(last));
            records = records.get(done..).unwrap_or_default();
            failures = u32::from(done < handed.len());
        } else {
            failures += 1;
        }
        if failures == ATTEMPTS {
            tracing::error!(record = sequence_number(first), "a change was given up");
            shards.passed(shard, sequence_number(first));
            (records, failures) = (others, 0);
        } else if failures > 0 {
            tokio::time::sleep(backoff * (1 << (failures - 1).min(5))).await;
        }
    }
}

/// How many of the records are done with, by an answer: those before the first that it names, and all where it has no list.
fn done_of(records: &[Record], answer: Option<&Value>) -> usize {
    let Some(answer) = answer else { return 0 };
    let named = answer.get("batchItemFailures").filter(|named| !named.is_null());
    let Some(failed) = named.map_or(Some(&[][..]), |named| named.as_array().map(Vec::as_slice)) else { return 0 };
    let failed: Vec<&str> = failed.iter().filter_map(|it| it.get("itemIdentifier")?.as_str()).collect();
    let first = records.iter().position(|record| failed.contains(&sequence_number(record)));
    first.unwrap_or(if failed.is_empty() { records.len() } else { 0 })
}

#[cfg(test)]
mod tests;
