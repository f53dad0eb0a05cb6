//! `restore`: a tombstone is lifted, an erased one too, by the provider's own word that the person lives.

use std::time::Duration;

use serde_json::{Value, json};
use shared::domain::{RestoreOutcome, UserId};
use shared::invocation::Failure;
use shared::provider::Reading;
use tokio::time::sleep;

use crate::request::Order;
use crate::{App, ROUNDS, restless, unknown};

/// A provider tells whole seconds, and our clocks differ: a proof that is so much too early is waited for.
const WAITED_FOR: Duration = Duration::from_secs(5);
/// To what HTTP tells the time.
const DATED_TO: Duration = Duration::from_secs(1);

impl App {
    pub(crate) async fn restore(&self, order: &Order, user: &UserId) -> Result<Value, Failure> {
        let told = |result: &str| Ok(json!({"userId": user.as_str(), "result": result}));
        for _ in 0..ROUNDS {
            // The row comes first: what the provider says after that may replace this row, and no later one.
            let row = self.users.by_id(user).await?.ok_or_else(unknown)?;
            let Some(end) = row.tombstone else { return told("already_living") };
            let (listed, answered_at) = match self.reading(&row.identity).await? {
                Some(Reading::Found { listed, answered_at }) => (listed, answered_at),
                Some(Reading::Gone { .. }) => {
                    return Err(Failure::new("not_listed", "the provider does not have this user"));
                }
                None => return Err(Failure::new("source_not_configured", "no provider lists users of this realm")),
            };
            let operation = self.operation(order);
            match self.users.restore(&row.identity, &listed.profile, answered_at, operation).await? {
                RestoreOutcome::Restored => return told("restored"),
                RestoreOutcome::Reborn => return told("reborn"),
                RestoreOutcome::AlreadyLiving => return told("already_living"),
                RestoreOutcome::Gone => return Err(unknown()),
                RestoreOutcome::TooEarly => {
                    let lacking = end.identity_deleted_at.since(answered_at) + DATED_TO;
                    if lacking > WAITED_FOR {
                        let seconds = lacking.as_secs();
                        let message = format!("the deletion lies ahead of the provider's clock: again in {seconds} s");
                        return Err(Failure::new("too_early", message));
                    }
                    sleep(lacking).await;
                }
            }
        }
        Err(restless())
    }
}
