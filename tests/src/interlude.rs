//! Plays something whole between two requests of the code under test: a race, told to happen at one place.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use futures_util::future::BoxFuture;

use crate::exchange::{self, Reply, Seat};

/// The script of what happens in between. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Interlude {
    stage: Arc<Stage>,
}

#[derive(Default)]
struct Stage(Mutex<Script>);

#[derive(Default)]
struct Script {
    seen: BTreeMap<String, u32>,
    acts: Vec<Act>,
}

struct Act {
    /// An operation, or any where it is empty.
    operation: String,
    nth: u32,
    play: BoxFuture<'static, ()>,
}

impl Interlude {
    /// Wraps `inner`: the client to give to the SDK, and the script.
    pub fn new(inner: SharedHttpClient) -> (SharedHttpClient, Self) {
        let interlude = Self::default();
        (exchange::between(inner, Arc::clone(&interlude.stage)), interlude)
    }

    /// Before the `nth` request of `operation`, from the first request of all on, `play` is played to its end.
    pub fn before(&self, operation: &str, nth: u32, play: impl Future<Output = ()> + Send + 'static) {
        let act = Act { operation: operation.to_owned(), nth, play: Box::pin(play) };
        self.stage.0.lock().unwrap().acts.push(act);
    }

    /// The same, whatever the operation of the `nth` request is.
    pub fn before_any(&self, nth: u32, play: impl Future<Output = ()> + Send + 'static) {
        self.before("", nth, play);
    }

    /// How many acts were not played, because the code under test never came so far.
    pub fn unplayed(&self) -> usize {
        self.stage.0.lock().unwrap().acts.len()
    }
}

impl Script {
    fn due(&mut self, operation: &str) -> Vec<Act> {
        for counted in [operation, ""] {
            *self.seen.entry(counted.to_owned()).or_default() += 1;
        }
        let seen = &self.seen;
        self.acts
            .extract_if(.., |act| {
                (act.operation.is_empty() || act.operation == operation) && seen[&act.operation] == act.nth
            })
            .collect()
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stage")
    }
}

impl Seat for Stage {
    fn pass(self: Arc<Self>, request: HttpRequest, onward: SharedHttpConnector) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let operation = exchange::operation(&request).unwrap_or_default();
            let due = self.0.lock().unwrap().due(&operation);
            for act in due {
                act.play.await;
            }
            onward.call(request).await
        })
    }
}
