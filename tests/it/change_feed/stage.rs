//! Tables, a bus, the function over both, and records made of what the tables held before and after a write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use change_feed::App;
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value, json};
use shared::config::{Env, Tables};
use shared::domain::{Identity, Told};
use shared::store::{AuditTrail, Sender};
use tests::people::{NOON, noon};
use tests::spine::{Item, Spine, text};

use super::bus::FakeBus;

pub(super) struct Stage {
    pub(super) spine: Spine,
    pub(super) bus: FakeBus,
    pub(super) app: App,
    written: AtomicU32,
}

impl Stage {
    pub(super) async fn set() -> Self {
        let (spine, bus) = (Spine::fresh().await, FakeBus::start().await);
        let app = App::from_env(&Self::env(&spine, &bus)).expect("the variables are right");
        Self { spine, bus, app, written: AtomicU32::new(0) }
    }

    pub(super) fn env(spine: &Spine, bus: &FakeBus) -> Env {
        spine.env().with("EVENT_BUS_NAME", "users").with("EVENT_BUS_ENDPOINT", bus.url())
    }

    async fn rows(&self) -> BTreeMap<String, Item> {
        let rows = self.spine.items(&self.spine.tables.users).await;
        rows.into_iter().map(|row| (text(&row, "user_id").expect("a key").to_owned(), row)).collect()
    }

    /// The records that the stream would have of `write`, a row at a time.
    pub(super) fn records<'a>(&'a self, write: impl Future + 'a) -> LocalBoxFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let before = self.rows().await;
            write.await;
            let after = self.rows().await;
            let users: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            let touched = users.into_iter().filter(|user| before.get(*user) != after.get(*user));
            touched.map(|user| self.record(user, before.get(user), after.get(user))).collect()
        })
    }

    fn record(&self, user: &str, before: Option<&Item>, after: Option<&Item>) -> Value {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let kind = match (before, after) {
            (None, _) => "INSERT",
            (_, None) => "REMOVE",
            _ => "MODIFY",
        };
        let mut write = json!({"ApproximateCreationDateTime": NOON / 1000, "Keys": {"user_id": {"S": user}},
            "SequenceNumber": format!("{}", 99_999_998_u64 + u64::from(number)), "StreamViewType": "NEW_AND_OLD_IMAGES"});
        for (name, row) in [("OldImage", before), ("NewImage", after)] {
            if let Some(row) = row {
                write[name] = Value::Object(image(row));
            }
        }
        json!({"eventID": number.to_string(), "eventName": kind, "eventSource": "aws:dynamodb", "dynamodb": write})
    }

    /// Hands records to the function, and gives the numbers of those that it did not tell.
    pub(super) async fn hand(&self, records: &[Value]) -> Vec<String> {
        let answer = self.app.handle(json!({"Records": records})).await.expect("a batch");
        let failures = answer["batchItemFailures"].as_array().expect("a list").iter();
        failures.map(|it| it["itemIdentifier"].as_str().expect("a number").to_owned()).collect()
    }

    /// What the bus hears of a write: the event's name, then what it is about or which fields it names.
    pub(super) fn heard<'a>(&'a self, write: impl Future + 'a) -> LocalBoxFuture<'a, Vec<String>> {
        Box::pin(async move {
            let records = self.records(write).await;
            assert_eq!(self.hand(&records).await, [""; 0]);
            self.bus.taken().iter().map(in_words).collect()
        })
    }

    /// A sender tells of somebody.
    pub(super) async fn tell(&self, who: &Identity, told: &Told, sender: Sender<'_>, at: i64) {
        self.spine.users().upsert(who, told, sender, noon(at)).await.expect("the upsert ends");
    }

    /// The items of the audit trail.
    pub(super) async fn audit(&self) -> Vec<Item> {
        self.spine.items(&self.spine.tables.audit).await
    }

    /// What the trail has of somebody, in order: `NAME by WHOM`.
    pub(super) async fn history(&self, who: &Identity) -> Vec<String> {
        let tables = Tables::from_env(&self.spine.env());
        let history = AuditTrail::new(self.spine.client(), &tables).of(&who.user_id(), 1000).await.expect("a history");
        let named = history.iter().flat_map(|it| {
            let by = &it.changed_by;
            it.changes.iter().map(move |change| format!("{} by {by}", change.what.as_str()))
        });
        named.collect()
    }
}

pub(super) fn in_words(event: &Value) -> String {
    let (name, detail) = (event["name"].as_str().expect("a name"), &event["detail"]);
    let fields =
        detail["fields"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
    let about = ["publicKey", "stripeCustomerId"].into_iter().find_map(|field| detail[field].as_str());
    let more = about.map(str::to_owned).or(fields).unwrap_or_default();
    format!("{name} {more}").trim_end().to_owned()
}

/// A row in DynamoDB's own JSON.
fn image(row: &Item) -> Map<String, Value> {
    row.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::M(map) => json!({"M": image(map)}),
        other => unreachable!("no row has {other:?}"),
    }
}
