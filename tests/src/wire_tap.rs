//! Counts what the code under test costs: requests by operation, and the capacity units that the engine reports.

mod capacity;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::exchange::{self, Reply, Seat};

/// What went over the wire since the last [`Tap::take`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spent {
    /// Requests by operation, retries included.
    pub requests: BTreeMap<String, u32>,
    /// Write units of tables and indexes, as the engine reported them.
    pub write_units: f64,
    /// The part of `write_units` that secondary indexes took.
    pub index_write_units: f64,
    /// Read units of tables and indexes, as the engine reported them.
    pub read_units: f64,
    /// Single writes whose condition failed. The engine reports no units for them; AWS bills one at least.
    pub lost_conditions: u32,
    /// Transactions that were cancelled, for whatever reason.
    pub cancelled: u32,
    /// The same by table. A transaction counts as one request for each table it names.
    pub tables: BTreeMap<String, TableSpent>,
}

/// What one table had to do with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableSpent {
    /// Requests by operation.
    pub requests: BTreeMap<String, u32>,
    /// Write units, indexes included.
    pub write_units: f64,
    /// Read units, indexes included.
    pub read_units: f64,
}

impl Spent {
    /// How many requests, all operations together.
    pub fn total_requests(&self) -> u32 {
        self.requests.values().sum()
    }

    /// Write units by table, without the tables that took none.
    pub fn writes_by_table(&self) -> BTreeMap<String, f64> {
        let wrote = |(_, spent): &(&String, &TableSpent)| spent.write_units > 0.0;
        let units = |(table, spent): (&String, &TableSpent)| (table.clone(), spent.write_units);
        self.tables.iter().filter(wrote).map(units).collect()
    }
}

/// A meter between the SDK and the engine. Clones read the same meter.
#[derive(Debug, Clone, Default)]
pub struct Tap {
    meter: Arc<Meter>,
}

impl Tap {
    /// Wraps `inner`: the client to give to the SDK, and the meter to read.
    pub fn new(inner: SharedHttpClient) -> (SharedHttpClient, Self) {
        let tap = Self::default();
        (exchange::between(inner, Arc::clone(&tap.meter)), tap)
    }

    /// What was spent since the last call, and sets the meter to zero.
    pub fn take(&self) -> Spent {
        std::mem::take(&mut *self.meter.spent.lock().unwrap())
    }
}

#[derive(Debug, Default)]
struct Meter {
    spent: Mutex<Spent>,
}

impl Seat for Meter {
    fn pass(self: Arc<Self>, mut request: HttpRequest, onward: SharedHttpConnector) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let Some(operation) = exchange::operation(&request) else {
                return onward.call(request).await;
            };
            let asked = exchange::json(request.body());
            self.spent.lock().unwrap().count(&operation, &asked);
            if capacity::is_reported(&operation) {
                ask_for_capacity(&mut request, asked);
            }
            let response = exchange::collected(onward.call(request).await?).await?;
            let answer = exchange::json(response.body());
            self.spent.lock().unwrap().add(&operation, &answer);
            Ok(response)
        })
    }
}

/// Local engines check no signature, so the request may still be changed here.
fn ask_for_capacity(request: &mut HttpRequest, mut asked: Value) {
    let Some(fields) = asked.as_object_mut() else {
        return;
    };
    let field = "ReturnConsumedCapacity";
    if fields.get(field).is_some_and(|level| level != "NONE") {
        return;
    }
    fields.insert(field.to_owned(), "INDEXES".into());
    let body = asked.to_string();
    if request.headers().contains_key("content-length") {
        request.headers_mut().insert("content-length", body.len().to_string());
    }
    *request.body_mut() = SdkBody::from(body);
}

#[cfg(test)]
mod tests;
