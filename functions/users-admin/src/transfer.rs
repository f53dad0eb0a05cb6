//! `transfer`: a key or a customer is handed from one user to another.

use serde_json::{Value, json};
use shared::domain::{Claim, TransferOutcome, UserId};
use shared::invocation::Failure;
use shared::store::Author;

use crate::App;
use crate::request::Order;

impl App {
    pub(crate) async fn transfer(
        &self,
        order: &Order,
        claim: &Claim,
        (from, to): (&UserId, &UserId),
    ) -> Result<Value, Failure> {
        let operation = self.operation(order);
        let outcome = self.claims.transfer(claim, from, to, Author::ByHand(operation), operation.at).await?;
        let refused = |code, message| Err(Failure::new(code, message));
        match outcome {
            TransferOutcome::Transferred | TransferOutcome::AlreadyTheirs => {
                Ok(json!({"fromUserId": from.as_str(), "toUserId": to.as_str(), "result": outcome.as_str()}))
            }
            TransferOutcome::NotTheirs => refused("not_theirs", "it is not fromUserId's, or was and has run out"),
            TransferOutcome::TooMany => refused("too_many_keys", "toUserId has as many keys as a user can have"),
            TransferOutcome::Differs => refused("stripe_customer_differs", "toUserId has another customer"),
            TransferOutcome::NoUser => refused("user_unknown", "nobody has the id toUserId"),
            TransferOutcome::UserGone => refused("user_deleted", "toUserId was deleted"),
        }
    }
}
