//! `SyncRuns`: one item a run of a reconcile, and one lease a source.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;

use super::error::StoreError;
use super::item::{Item, text};
use super::lease::LEASE;
use super::run::{Run, Status};
use super::statement::{ms, s};
use crate::clock::Timestamp;
use crate::config::Tables;

/// How long a run is remembered.
const REMEMBERED: Duration = Duration::from_secs(400 * 86_400);

/// The table of runs.
#[derive(Clone)]
pub struct SyncRuns {
    pub(super) client: Client,
    pub(super) table: String,
}

impl SyncRuns {
    /// The table behind `client`.
    pub fn new(client: Client, tables: &Tables) -> Self {
        Self { client, table: tables.sync_runs.clone() }
    }

    /// Records how a run stands, over what was recorded of it before; its end is never taken back.
    pub async fn record(&self, run: &Run) -> Result<(), StoreError> {
        let mut request = self.client.put_item().table_name(&self.table).set_item(Some(item(run)));
        if run.status == Status::Running {
            request = request
                .condition_expression("attribute_not_exists(#status) OR #status = :running")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":running", s(Status::Running.as_str()));
        }
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::unavailable("PutItem", &error)),
            },
        }
    }

    /// The last runs of a source, newest first.
    pub async fn recent(&self, source: &str, most: u16) -> Result<Vec<Run>, StoreError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#source = :source AND run_id < :lease")
            .expression_attribute_names("#source", "source")
            .expression_attribute_values(":source", s(source))
            .expression_attribute_values(":lease", s(LEASE))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::from(most));
        let answer = request.send().await.map_err(|error| StoreError::unavailable("Query", &error))?;
        Ok(answer.items.unwrap_or_default().iter().map(run).collect())
    }

    /// One run by its name.
    pub async fn by_id(&self, source: &str, run_id: &str) -> Result<Option<Run>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("source", s(source))
            .key("run_id", s(run_id))
            .consistent_read(true);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("GetItem", &error))?;
        Ok(answer.item.as_ref().filter(|item| item.contains_key("mode")).map(run))
    }
}

fn item(run: &Run) -> Item {
    let mut item = HashMap::from([
        ("source".to_owned(), s(&run.source)),
        ("run_id".to_owned(), s(&run.run_id)),
        ("mode".to_owned(), s(&run.mode)),
        ("owner".to_owned(), s(&run.owner)),
        ("status".to_owned(), s(run.status.as_str())),
        ("stage".to_owned(), s(&run.stage)),
        ("started_at".to_owned(), ms(run.started_at)),
        ("seen_at".to_owned(), ms(run.seen_at)),
        ("took_ms".to_owned(), number(run.took().as_millis())),
        ("in_step".to_owned(), AttributeValue::Bool(run.in_step)),
        ("listed".to_owned(), number(run.listed)),
        ("failures".to_owned(), number(run.failures)),
        ("counts".to_owned(), counts(&run.counts)),
        ("outcomes".to_owned(), counts(&run.outcomes)),
        ("expires_at".to_owned(), number(run.seen_at.plus(REMEMBERED).seconds())),
    ]);
    let optional = [("error", &run.error), ("withheld", &run.withheld), ("resume", &run.resume)];
    let told = optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), s(value.as_ref()?))));
    item.extend(told);
    if !run.notices.is_empty() {
        item.insert("notices".to_owned(), AttributeValue::L(run.notices.iter().map(notice).collect()));
    }
    item
}

fn notice((cause, user_id, linked_to): &(String, String, Option<String>)) -> AttributeValue {
    let pairs = [("cause", Some(cause)), ("user_id", Some(user_id)), ("linked_to", linked_to.as_ref())];
    AttributeValue::M(pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), s(value?)))).collect())
}

/// What is recorded of a run. What cannot be read is as good as not recorded: a record decides nothing.
fn run(item: &Item) -> Run {
    let words = |name: &str| text(item, name).unwrap_or_default().to_owned();
    let maybe = |name: &str| text(item, name).map(str::to_owned);
    let whole = |name: &str| item.get(name).and_then(whole).unwrap_or(0);
    let time = |name| i64::try_from(whole(name)).ok().and_then(Timestamp::from_millis).unwrap_or(Timestamp::ZERO);
    Run {
        run_id: words("run_id"),
        source: words("source"),
        mode: words("mode"),
        owner: words("owner"),
        started_at: time("started_at"),
        seen_at: time("seen_at"),
        status: text(item, "status").and_then(Status::read).unwrap_or_default(),
        stage: words("stage"),
        error: maybe("error"),
        withheld: maybe("withheld"),
        in_step: item.get("in_step").is_some_and(|value| value.as_bool() == Ok(&true)),
        listed: whole("listed"),
        counts: item.get("counts").map(counted).unwrap_or_default(),
        outcomes: item.get("outcomes").map(counted).unwrap_or_default(),
        failures: whole("failures"),
        notices: noticed(item).unwrap_or_default(),
        resume: maybe("resume"),
        holder: None,
    }
}

fn noticed(item: &Item) -> Option<Vec<(String, String, Option<String>)>> {
    let notices = item.get("notices")?.as_l().ok()?.iter();
    let read = notices.filter_map(|notice| {
        let notice = notice.as_m().ok()?;
        let word = |name| text(notice, name).map(str::to_owned);
        Some((word("cause")?, word("user_id")?, word("linked_to")))
    });
    Some(read.collect())
}

fn whole(value: &AttributeValue) -> Option<u64> {
    value.as_n().ok()?.parse().ok()
}

fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{value}"))
}

fn counts(counts: &BTreeMap<String, u64>) -> AttributeValue {
    AttributeValue::M(counts.iter().map(|(name, count)| (name.clone(), number(count))).collect())
}

fn counted(value: &AttributeValue) -> BTreeMap<String, u64> {
    let Ok(map) = value.as_m() else { return BTreeMap::new() };
    map.iter().filter_map(|(name, count)| Some((name.clone(), whole(count)?))).collect()
}
