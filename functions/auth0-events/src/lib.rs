//! The events of Auth0, in batches from their queue: changes between logins, and deletions.
//!
//! Messages of a batch go side by side, those of one user too: the table's conditions put them in order. One that fails
//! is named, and comes again or ends in the dead-letter queue; the others are done with.

mod batch;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use shared::aws;
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, Tables, auth0_tenant};
use shared::invocation::Failure;
use shared::store::{Sender, Users};
use shared::telemetry;
use shared::wire::auth0_event;

use batch::{Message, failures};

/// A third of the function's own time, so that a slow database fails messages and not the batch.
const PATIENCE: Duration = Duration::from_secs(8);
/// How many messages are under way at once: a batch is no larger, unless somebody configures it so.
const SIDE_BY_SIDE: usize = 10;

/// What the function stands on.
pub struct App {
    /// The table.
    pub users: Users,
    /// Our tenant; events of any other are foreign.
    pub tenant: Option<String>,
    /// The time.
    pub clock: Clock,
}

/// What became of one message: a word for the metrics, and the message's id if it failed.
struct End {
    word: &'static str,
    cut: u32,
    failed: Option<String>,
}

impl App {
    /// The function as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let aws = Aws::from_env(env)?;
        let client = aws::dynamodb(&aws, aws::http_client(&aws), PATIENCE);
        let users = Users::new(client, &Tables::from_env(env));
        Ok(Self { users, tenant: auth0_tenant(env)?, clock: Clock::system() })
    }

    /// Opens the connection before the first batch.
    pub async fn primed(self) -> Self {
        self.users.prime().await;
        self
    }

    /// Applies a batch, `{"Records": [{messageId, body}]}`, and names what failed:
    /// `{"batchItemFailures": [{"itemIdentifier"}]}`.
    pub async fn handle(&self, event: Value) -> Result<Value, Failure> {
        let batch = batch::read(event).map_err(|bad| Failure::from(bad).logged())?;
        let ends = stream::iter(batch.into_iter().map(|message| self.settle(message)));
        let ends: Vec<End> = ends.buffer_unordered(SIDE_BY_SIDE).collect().await;
        self.count(&ends);
        Ok(failures(ends.into_iter().filter_map(|end| end.failed)))
    }

    async fn settle(&self, message: Message) -> End {
        let now = self.clock.now();
        let event = match auth0_event::read(message.body.as_bytes(), self.tenant.as_deref(), now) {
            Ok(event) => event,
            Err(bad) => {
                tracing::error!(
                    message_id = message.id,
                    code = bad.code,
                    cause = bad.detail,
                    "a message cannot be read"
                );
                return End { word: "unreadable", cut: 0, failed: Some(message.id) };
            }
        };
        match self.users.apply(event, Sender::Auth0Event, now).await {
            Ok(applied) => End { word: applied.result, cut: applied.cut, failed: None },
            Err(error) => {
                tracing::error!(message_id = message.id, cause = %error, "a message could not be applied");
                End { word: "failed", cut: 0, failed: Some(message.id) }
            }
        }
    }

    /// One line a batch.
    fn count(&self, ends: &[End]) {
        let mut counts = BTreeMap::from([("cut", 0)]);
        for End { word, cut, .. } in ends {
            *counts.entry(word).or_default() += 1;
            *counts.entry("cut").or_default() += u64::from(*cut);
        }
        let counts: Vec<_> = counts.into_iter().collect();
        telemetry::emit(&self.clock, &[("Door", "auth0-event")], &counts);
    }
}
