//! `clear`: some facts of a user are removed, until the provider tells them again.

use serde_json::{Value, json};
use shared::domain::{Fact, Facts, Outcome, Patch, Told, UserId};
use shared::invocation::Failure;
use shared::store::Sender;

use crate::request::Order;
use crate::{App, deleted, unknown};

impl App {
    pub(crate) async fn clear(&self, order: &Order, user: &UserId, facts: &[Fact]) -> Result<Value, Failure> {
        // An id does not tell whose it is: the row does, and a patch would make one.
        let row = self.users.by_id(user).await?.ok_or_else(unknown)?;
        if !row.is_living() {
            return Err(deleted());
        }
        let told = Told::Patch(Patch::new(Facts::default()).clearing(facts.iter().copied()));
        let operation = self.operation(order);
        let outcome = self.users.upsert(&row.identity, &told, Sender::ByHand(operation), operation.at).await?;
        match outcome {
            Outcome::Deleted => Err(deleted()),
            Outcome::Unchanged => Ok(json!({"userId": user.as_str(), "result": "unchanged"})),
            _ => Ok(json!({"userId": user.as_str(), "result": "cleared"})),
        }
    }
}
