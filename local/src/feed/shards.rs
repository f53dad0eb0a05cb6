//! Where a stream was read to, and what comes next: a shard after its parent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodbstreams::types::{Record, Shard, ShardIteratorType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many records a batch has at most, Lambda's own default.
const MOST: i32 = 100;

/// How far each shard was read. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Positions(Arc<Mutex<BTreeMap<String, Position>>>);

/// How far one shard was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Position {
    /// To this record, by its sequence number.
    After(String),
    /// To its end.
    Ended,
}

impl Positions {
    /// What was kept by [`snapshot`](Self::snapshot). What cannot be read begins anew: records come again.
    pub fn restored(kept: Option<Value>) -> Self {
        let positions = kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default();
        Self(Arc::new(Mutex::new(positions)))
    }

    /// All of it, to be kept.
    pub fn snapshot(&self) -> Value {
        self.look(|positions| serde_json::to_value(positions).unwrap_or_default())
    }

    fn of(&self, shard: &str) -> Option<Position> {
        self.look(|positions| positions.get(shard).cloned())
    }

    fn set(&self, shard: &str, position: Position) {
        self.look(|positions| positions.insert(shard.to_owned(), position));
    }

    fn look<T>(&self, look: impl FnOnce(&mut BTreeMap<String, Position>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A stream's shards, those that can be read now among them.
pub(super) struct Shards {
    client: Client,
    arn: String,
    positions: Positions,
    /// Iterators of the shards that are being read; none before the stream was described.
    open: Option<BTreeMap<String, String>>,
}

impl Shards {
    pub(super) fn new(client: Client, arn: String, positions: Positions) -> Self {
        Self { client, arn, positions, open: None }
    }

    /// The next records of each shard, which must be passed before it is asked again. An error is its kind only.
    pub(super) async fn next(&mut self) -> Result<Vec<(String, Vec<Record>)>, String> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.describe().await?,
        };
        let (mut batches, mut ended) = (Vec::new(), open.is_empty());
        for (shard, iterator) in &mut open {
            // After an error the stream is described again, and each shard read on from where it was passed.
            let read = self.client.get_records().shard_iterator(iterator.as_str()).limit(MOST).send().await;
            let read = read.map_err(kind)?;
            let records = read.records.unwrap_or_default();
            match read.next_shard_iterator {
                Some(next) => *iterator = next,
                None if records.is_empty() => {
                    self.positions.set(shard, Position::Ended);
                    ended = true;
                }
                None => ended = true,
            }
            if !records.is_empty() {
                batches.push((shard.clone(), records));
            }
        }
        // A shard that has ended may have children, who are found when the stream is described again.
        self.open = Some(open).filter(|_| !ended);
        Ok(batches)
    }

    /// This record of the shard, and all before it, are done with.
    pub(super) fn passed(&self, shard: &str, sequence_number: &str) {
        self.positions.set(shard, Position::After(sequence_number.to_owned()));
    }

    /// Iterators of the shards that can be read: not ended themselves, and their parents are, or are gone.
    async fn describe(&self) -> Result<BTreeMap<String, String>, String> {
        let shards = self.shards().await?;
        let unread = |id: &str| {
            let there = shards.iter().any(|shard| shard.shard_id() == Some(id));
            there && self.positions.of(id) != Some(Position::Ended)
        };
        let mut open = BTreeMap::new();
        for shard in &shards {
            let Some(id) = shard.shard_id().filter(|id| unread(id)) else { continue };
            if shard.parent_shard_id().is_none_or(|parent| !unread(parent))
                && let Some(iterator) = self.iterator(id).await?
            {
                open.insert(id.to_owned(), iterator);
            }
        }
        Ok(open)
    }

    async fn shards(&self) -> Result<Vec<Shard>, String> {
        let (mut shards, mut last) = (Vec::new(), None);
        loop {
            let page = self.client.describe_stream().stream_arn(&self.arn).set_exclusive_start_shard_id(last);
            let page = page.send().await.map_err(kind)?.stream_description;
            last = page.as_ref().and_then(|page| page.last_evaluated_shard_id.clone());
            shards.extend(page.and_then(|page| page.shards).unwrap_or_default());
            if last.is_none() {
                return Ok(shards);
            }
        }
    }

    async fn iterator(&self, shard: &str) -> Result<Option<String>, String> {
        let ask = self.client.get_shard_iterator().stream_arn(&self.arn).shard_id(shard);
        let ask = match self.positions.of(shard) {
            Some(Position::After(number)) => {
                ask.shard_iterator_type(ShardIteratorType::AfterSequenceNumber).sequence_number(number)
            }
            Some(Position::Ended) => return Ok(None),
            None => ask.shard_iterator_type(ShardIteratorType::TrimHorizon),
        };
        Ok(ask.send().await.map_err(kind)?.shard_iterator)
    }
}

/// The kind of an error: its text may tell what was read.
fn kind<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> String {
    error.code().unwrap_or("no answer").to_owned()
}
