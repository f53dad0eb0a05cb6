//! `SyncRuns`: one item a run of a reconcile.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use super::error::StoreError;
use super::run::Run;
use super::statement::{ms, s};
use crate::clock::Timestamp;
use crate::config::Tables;

/// How long a run is remembered.
const REMEMBERED: Duration = Duration::from_secs(400 * 86_400);

/// The table of runs.
#[derive(Clone)]
pub struct SyncRuns {
    client: Client,
    table: String,
}

impl SyncRuns {
    /// The table behind `client`.
    pub fn new(client: Client, tables: &Tables) -> Self {
        Self { client, table: tables.sync_runs.clone() }
    }

    /// Records a run at its end.
    pub async fn record(&self, run: &Run, now: Timestamp) -> Result<(), StoreError> {
        let item = HashMap::from([
            ("source".to_owned(), s(&run.source)),
            ("run_id".to_owned(), s(&run.run_id)),
            ("mode".to_owned(), s(run.mode)),
            ("status".to_owned(), s(run.status)),
            ("started_at".to_owned(), ms(run.started_at.unwrap_or(now))),
            ("took_ms".to_owned(), number(run.took.as_millis())),
            ("in_step".to_owned(), AttributeValue::Bool(run.in_step)),
            ("listed".to_owned(), number(run.listed)),
            ("failures".to_owned(), number(run.failures)),
            ("counts".to_owned(), counts(&run.counts)),
            ("outcomes".to_owned(), counts(&run.outcomes)),
            ("expires_at".to_owned(), number(now.plus(REMEMBERED).seconds())),
        ]);
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let request = match &run.error {
            Some(error) => request.item("error", s(error)),
            None => request,
        };
        request.send().await.map_err(|error| StoreError::unavailable("PutItem", &error))?;
        Ok(())
    }
}

fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{value}"))
}

fn counts(counts: &BTreeMap<&'static str, u64>) -> AttributeValue {
    AttributeValue::M(counts.iter().map(|(name, count)| ((*name).to_owned(), number(count))).collect())
}
