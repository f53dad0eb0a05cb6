//! A user comes by themselves, with a token of their own.

use aws_sdk_dynamodb::types::ReturnValue;

use super::error::StoreError;
use super::users::{ROUNDS, Sender, Users, Written, met};
use super::writes::{self, Frame};
use crate::clock::Timestamp;
use crate::domain::{Identity, Patch, User};

/// Whom a visit met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Their row, as it is now.
    Known(User),
    /// Their row, which the visit made.
    Created(User),
    /// A tombstone, which stays one.
    Deleted,
}

impl Users {
    /// Marks activity; what the token says of them counts only where no profile is known.
    ///
    /// One request where one is known, else two, and no read.
    pub async fn visit(&self, identity: &Identity, told: &Patch, now: Timestamp) -> Result<Visit, StoreError> {
        let frame = Frame { identity, sender: Sender::Login, now, login: true };
        let id = identity.user_id();
        for _ in 0..ROUNDS {
            let seen = match self.update_returning(ReturnValue::AllNew, &id, writes::visit(frame)).await? {
                Written::Done(row) => return row_of(row).map(Visit::Known),
                Written::Lost(row) => met(row)?.map(|(row, _)| row),
            };
            if seen.as_ref().is_some_and(|row| !row.is_living()) {
                return Ok(Visit::Deleted);
            }
            let introduction = writes::introduction(frame, told);
            match (self.update_returning(ReturnValue::AllNew, &id, introduction).await?, seen) {
                (Written::Done(row), Some(_)) => return row_of(row).map(Visit::Known),
                (Written::Done(row), None) => return row_of(row).map(Visit::Created),
                // A profile or a deletion came in between.
                (Written::Lost(_), _) => {}
            }
        }
        Err(StoreError::contended("visit"))
    }
}

/// The row that a write has just made, by its own image.
fn row_of(image: Option<super::item::Item>) -> Result<User, StoreError> {
    met(image)?
        .map(|(row, _)| row)
        .ok_or_else(|| StoreError::Unavailable { operation: "UpdateItem", kind: "answer without an image".to_owned() })
}
