//! A table of one's own on a real engine, and the parts of the system around it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use local::engine::Engine;
use local::system::{Options, System};
use local::tables;
use shared::aws;
use shared::clock::{Clock, Timestamp};
use shared::config::{Aws, Env, Tables};
use shared::domain::{Identity, Provider};
use shared::store::{Claims, SyncRuns, Users};

use crate::sdk;

/// An item as the engine holds it.
pub type Item = HashMap<String, AttributeValue>;

/// The tables of one test: on an engine of its own, or under names of its own where `DYNAMODB_ENDPOINT` names an engine.
pub struct Spine {
    /// The engine's URL.
    pub endpoint: String,
    /// The tables' names.
    pub tables: Tables,
    engine: Option<Engine>,
}

/// The engine that the caller of the tests names, if any.
pub fn named_engine() -> Option<String> {
    Env::process().text("DYNAMODB_ENDPOINT").map(str::to_owned)
}

/// How much of a soak to run: `SOAK` is a factor of the full length, a hundredth by default; never less than one.
pub fn soak(full: u32) -> u32 {
    let factor: f64 = Env::process().text("SOAK").and_then(|factor| factor.parse().ok()).unwrap_or(0.01);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small number")]
    let rounds = (f64::from(full) * factor).round() as u32;
    rounds.max(1)
}

/// Names that no other test of this process, and no earlier run on the same engine, has used.
fn fresh_names() -> Tables {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Tables::suffixed(&format!("{}-{}-{count}", Clock::system().now().millis(), std::process::id()))
}

impl Spine {
    /// Empty tables.
    pub async fn fresh() -> Self {
        let (engine, endpoint, tables) = if let Some(endpoint) = named_engine() {
            (None, endpoint, fresh_names())
        } else {
            let engine = Engine::for_test().expect("the embedded engine starts");
            let endpoint = engine.endpoint();
            (Some(engine), endpoint, Tables::from_env(&Env::of::<String, String>([])))
        };
        let spine = Self { endpoint, tables, engine };
        tables::create(&spine.client(), &spine.tables).await.expect("the tables are made");
        spine
    }

    /// Whether the engine is the embedded one, which alone reports capacity as documented.
    pub fn is_embedded(&self) -> bool {
        self.engine.is_some()
    }

    /// A plain client, for looking at what is there and for putting there what no rule would.
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        sdk::dynamodb(&self.endpoint, sdk::plain_http())
    }

    /// The variables that point the functions at these tables.
    pub fn env(&self) -> Env {
        Env::of([
            ("DYNAMODB_ENDPOINT", self.endpoint.as_str()),
            ("USERS_TABLE", &self.tables.users),
            ("CLAIMS_TABLE", &self.tables.claims),
            ("AUDIT_TABLE", &self.tables.audit),
            ("SYNC_RUNS_TABLE", &self.tables.sync_runs),
        ])
    }

    /// The store as the functions build it: the SDK with its retries, over `http`.
    pub fn users_over(&self, http: SharedHttpClient) -> Users {
        Users::new(self.dynamodb_over(http), &self.tables)
    }

    /// The store as the functions build it.
    pub fn users(&self) -> Users {
        self.users_over(sdk::plain_http())
    }

    /// The store of claims as the functions build it, over `http`.
    pub fn claims_over(&self, http: SharedHttpClient) -> Claims {
        Claims::new(self.dynamodb_over(http), &self.tables)
    }

    /// The store of claims as the functions build it.
    pub fn claims(&self) -> Claims {
        self.claims_over(sdk::plain_http())
    }

    /// The record of runs.
    pub fn runs(&self) -> SyncRuns {
        SyncRuns::new(self.dynamodb_over(sdk::plain_http()), &self.tables)
    }

    /// The SDK has one budget of retries a process: a test that spends it would fail its neighbours, so each store has
    /// a budget of its own here.
    fn dynamodb_over(&self, http: SharedHttpClient) -> aws_sdk_dynamodb::Client {
        let aws = Aws::from_env(&self.env()).expect("the variables are right");
        let client = aws::dynamodb(&aws, http, Duration::from_secs(10));
        let partition = RetryPartition::new(fresh_names().users);
        aws_sdk_dynamodb::Client::from_conf(client.config().to_builder().retry_partition(partition).build())
    }

    /// All items of a table, strongly consistent.
    pub async fn items(&self, table: &str) -> Vec<Item> {
        let client = self.client();
        let pages = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
        pages.try_collect().await.expect("the table can be read")
    }

    /// The row of an identity, as the engine holds it.
    pub async fn row(&self, identity: &Identity) -> Option<Item> {
        let key = AttributeValue::S(identity.user_id().to_string());
        let request = self.client().get_item().table_name(&self.tables.users).key("user_id", key).consistent_read(true);
        request.send().await.expect("the row can be read").item
    }

    /// The whole system around these tables, on free ports, with more variables before the defaults.
    pub async fn system<const N: usize>(&self, more: [(&str, &str); N]) -> System {
        let env = more.into_iter().fold(self.env(), |env, (name, value)| env.with(name, value));
        System::start(Options::for_test(env)).await.expect("the system starts")
    }
}

/// An identity of Auth0.
pub fn auth0(subject: &str) -> Identity {
    Identity::new(Provider::auth0(), subject).expect("a subject")
}

/// An identity of Clerk.
pub fn clerk(subject: &str) -> Identity {
    Identity::new(Provider::clerk(), subject).expect("a subject")
}

/// A time in ms.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a time")
}

/// A text attribute of an item.
pub fn text<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}

/// A number attribute of an item.
pub fn number(item: &Item, attribute: &str) -> Option<i64> {
    item.get(attribute)?.as_n().ok()?.parse().ok()
}
