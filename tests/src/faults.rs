//! What AWS does now and then and no local engine ever does: conflicts, throttling, lost replies. With a seed.

mod plan;
mod replies;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use futures_util::future::BoxFuture;

use self::plan::Plan;
use crate::exchange::{self, Reply, Seat};

/// One way for a request to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A transaction holds the item: `TransactionConflictException` for a single write, and a
    /// `TransactionCanceledException` with the reason `TransactionConflict` for a transaction. Nothing is written.
    Conflict,
    /// A transaction that did the same is committed in part: a `TransactionCanceledException` whose first item is held,
    /// and whose last condition is lost. To a single write it is a [`Fault::Conflict`]. Nothing is written.
    Halfway,
    /// `ProvisionedThroughputExceededException`, 400. Nothing is written.
    Throttled,
    /// `ThrottlingException`, 400: the account's or the control plane's limit. Nothing is written.
    RateExceeded,
    /// `InternalServerError`, 500. Nothing is written.
    InternalError,
    /// The engine does it, and the connection breaks before its answer arrives.
    LostReply,
    /// The connection breaks before the engine sees the request.
    NeverSent,
}

/// The remote control of the faults. Clones steer the same ones.
#[derive(Debug, Clone)]
pub struct Faults {
    switch: Arc<Switch>,
}

impl Faults {
    /// Wraps `inner`: the client to give to the SDK, and the remote control. Nothing fails until it is asked to.
    ///
    /// The same seed and the same requests in the same order meet the same faults.
    pub fn new(inner: SharedHttpClient, seed: u64) -> (SharedHttpClient, Self) {
        let switch = Arc::new(Switch(Mutex::new(Plan::new(seed))));
        let client = exchange::between(inner, Arc::clone(&switch));
        (client, Self { switch })
    }

    /// From now on `fault` meets each request that can have it, with this probability.
    pub fn chance(&self, fault: Fault, probability: f64) {
        self.plan(|plan| plan.add_chance(None, fault, probability));
    }

    /// From now on `fault` meets each request of `operation`, with this probability.
    pub fn chance_on(&self, operation: &str, fault: Fault, probability: f64) {
        self.plan(|plan| plan.add_chance(Some(operation), fault, probability));
    }

    /// The next `times` requests of `operation` fail so, after what was scripted for it before.
    pub fn fail_next(&self, operation: &str, times: usize, fault: Fault) {
        self.plan(|plan| plan.add_steps(operation, times, Some(fault)));
    }

    /// The next `times` requests of `operation` pass untouched, after what was scripted for it before.
    pub fn pass_next(&self, operation: &str, times: usize) {
        self.plan(|plan| plan.add_steps(operation, times, None));
    }

    /// Takes the engine away (every request meets a broken connection) or gives it back.
    pub fn set_down(&self, down: bool) {
        self.plan(|plan| plan.down = down);
    }

    /// Forgets chances, script and `down`. The dice roll on from where they are.
    pub fn calm(&self) {
        self.plan(Plan::calm);
    }

    /// How often each fault was met so far. Requests while down count as [`Fault::NeverSent`].
    pub fn injected(&self) -> BTreeMap<Fault, u32> {
        self.plan(|plan| plan.injected.clone())
    }

    fn plan<T>(&self, act: impl FnOnce(&mut Plan) -> T) -> T {
        act(&mut self.switch.0.lock().unwrap())
    }
}

struct Switch(Mutex<Plan>);

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Switch")
    }
}

impl Seat for Switch {
    fn pass(self: Arc<Self>, request: HttpRequest, onward: SharedHttpConnector) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let operation = exchange::operation(&request).unwrap_or_default();
            let fault = self.0.lock().unwrap().next(&operation);
            match fault {
                None => onward.call(request).await,
                Some(Fault::NeverSent) => Err(broken()),
                Some(Fault::LostReply) => {
                    exchange::collected(onward.call(request).await?).await?;
                    Err(broken())
                }
                Some(fault) => Ok(replies::reply(fault, &operation, &request)),
            }
        })
    }
}

fn broken() -> ConnectorError {
    ConnectorError::io("the connection broke, as a test wished".into())
}

#[cfg(test)]
mod tests;
