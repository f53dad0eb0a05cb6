//! The whole system with both stand-ins, and what the tests of the reconcile ask of it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::auth0::Auth0StandIn;
use local::clerk::ClerkStandIn;
use local::delivery::Faults;
use local::system::System;
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};
use shared::provider::{Auth0, Auth0Settings, Clerk, ClerkSettings, Source};
use shared::reconcile::Reconciler;
use shared::secret::SecretText;
use shared::store::{SyncRuns, Users};
use tests::runtime_api::FunctionError;
use tests::spine::{Item, Spine, text};
use tests::web;

/// The system on tables of its own.
pub(super) struct Stage {
    pub(super) spine: Spine,
    pub(super) system: System,
}

/// What one run answered.
#[derive(Debug, PartialEq)]
pub(super) struct Report {
    pub(super) in_step: bool,
    pub(super) listed: u64,
    pub(super) counts: Value,
    pub(super) outcomes: Value,
    pub(super) failures: u64,
}

impl Report {
    /// A run over this many users that found nothing at all.
    pub(super) fn nothing(listed: u64) -> Self {
        Self { in_step: true, listed, counts: json!({}), outcomes: json!({}), failures: 0 }
    }

    pub(super) fn read(answer: &Value) -> Self {
        assert_eq!(answer["status"], "finished");
        Self {
            in_step: answer["inStep"].as_bool().unwrap(),
            listed: answer["listed"].as_u64().unwrap(),
            counts: answer["counts"].clone(),
            outcomes: answer["outcomes"].clone(),
            failures: answer["failures"].as_u64().unwrap(),
        }
    }
}

impl Stage {
    pub(super) async fn start() -> Self {
        Self::with([]).await
    }

    pub(super) async fn with<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let spine = Spine::fresh().await;
        let system = spine.system(variables).await;
        Self { spine, system }
    }

    pub(super) fn clerk(&self) -> &ClerkStandIn {
        &self.system.clerk.as_ref().unwrap().0
    }

    pub(super) fn auth0(&self) -> &Auth0StandIn {
        &self.system.auth0.as_ref().unwrap().0
    }

    /// One invocation of `reconcile` over the Invoke API.
    pub(super) async fn invoke(&self, source: &str, mode: &str) -> Result<Value, FunctionError> {
        web::invoke(&self.system.lambda, "reconcile", &json!({"source": source, "mode": mode})).await
    }

    /// The same, of one that succeeds.
    pub(super) async fn run(&self, source: &str, mode: &str) -> Report {
        Report::read(&self.invoke(source, mode).await.unwrap())
    }

    /// One of several at once: nothing when another one runs already.
    pub(super) async fn try_to_run(&self, source: &str, mode: &str) -> Option<Report> {
        let answer = self.invoke(source, mode).await.unwrap();
        if answer["status"] == "busy" {
            assert!(answer["holder"].is_string(), "{answer}");
            return None;
        }
        Some(Report::read(&answer))
    }

    /// All rows, tombstones too, by their id.
    pub(super) async fn users(&self) -> BTreeMap<String, Item> {
        users(&self.spine).await
    }
}

/// All rows of `Users`, tombstones too, by their id.
pub(super) async fn users(spine: &Spine) -> BTreeMap<String, Item> {
    let items = spine.items(&spine.tables.users).await.into_iter();
    items.map(|item| (text(&item, "user_id").unwrap().to_owned(), item)).collect()
}

/// Everything that is stored, but for the records of runs.
pub(super) async fn all_but_runs(spine: &Spine) -> Vec<BTreeMap<String, Item>> {
    let mut tables = vec![users(spine).await];
    for (table, key) in [(&spine.tables.claims, "claim"), (&spine.tables.audit, "user_id")] {
        let items = spine.items(table).await.into_iter();
        tables.push(items.map(|item| (text(&item, key).unwrap().to_owned(), item)).collect());
    }
    tables
}

/// The records of runs, eldest first.
pub(super) async fn runs(spine: &Spine) -> Vec<Item> {
    let mut items = spine.items(&spine.tables.sync_runs).await;
    items.sort_by_key(|item| text(item, "run_id").unwrap().to_owned());
    items
}

/// Whether a row is no tombstone.
pub(super) fn is_living(row: &Item) -> bool {
    !row.contains_key("identity_deleted_at")
}

/// A map of numbers in an item.
pub(super) fn counts(item: &Item, attribute: &str) -> BTreeMap<String, u64> {
    let Some(AttributeValue::M(map)) = item.get(attribute) else { return BTreeMap::new() };
    map.iter().map(|(name, count)| (name.clone(), count.as_n().unwrap().parse().unwrap())).collect()
}

/// Messages get lost with this probability.
pub(super) fn losing(lose: f64) -> Faults {
    Faults { lose, seed: 7, ..Faults::default() }
}

/// Waits until the clock shows another millisecond, so that what happens next is told apart from what was.
pub(super) async fn next_millisecond() -> Timestamp {
    let (clock, began) = (Clock::system(), Clock::system().now());
    while clock.now() <= began {
        tokio::task::yield_now().await;
    }
    clock.now()
}

/// A reconcile of Clerk by pages of a size of one's own.
pub(super) fn of_clerk(spine: &Spine, url: &str, page: u32) -> Reconciler {
    over(spine.users(), spine.runs(), clerk_source(url, page))
}

/// A reconcile of Auth0 by pages of a size of one's own.
pub(super) fn of_auth0(spine: &Spine, url: &str, page: u32) -> Reconciler {
    over(spine.users(), spine.runs(), auth0_source(url, page))
}

/// A reconcile of these parts that believes every change at once.
pub(super) fn over(users: Users, runs: SyncRuns, source: Source) -> Reconciler {
    Reconciler { users, runs, source, settle: Duration::ZERO, clock: Clock::system() }
}

pub(super) fn clerk_source(url: &str, page: u32) -> Source {
    let secret_key = SecretText::new("sk_test_local");
    let settings = ClerkSettings { base: url.parse().unwrap(), secret_key, instance_id: None, page };
    Source::Clerk(Clerk::new(settings, Clock::system()).unwrap())
}

pub(super) fn auth0_source(url: &str, page: u32) -> Source {
    let settings = Auth0Settings {
        base: url.parse().unwrap(),
        audience: format!("{url}/api/v2/"),
        client_id: "local-client".to_owned(),
        client_secret: SecretText::new("local-client-secret"),
        page,
    };
    Source::Auth0(Auth0::new(settings, Clock::system()).unwrap())
}
