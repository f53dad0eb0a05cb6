//! What operators do to a row: erase, restore, and the trace of it that stays in the row.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::claims::{OWNED, owner};
use super::error::StoreError;
use super::item::{Item, millis, text};
use super::statement::{Statement, ms, s};
use super::transaction;
use super::users::{ROUNDS, Sender, Users, Written};
use super::writes::{self, Frame};
use crate::clock::Timestamp;
use crate::domain::{
    EraseOutcome, EraseVerdict, Identity, Operation, Profile, RestoreOutcome, User, UserId, Verdict, erase_verdict,
    restore_verdict,
};

/// Where a row keeps it.
pub(super) const ATTRIBUTE: &str = "last_operation";

/// The last thing that an operator did to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastOperation {
    /// `clear`, `erase`, `restore` or `transfer`.
    pub name: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Users {
    /// Ends the life that was `seen`, by our clock and for good, and frees at once what it claims. Works on a tombstone
    /// too: it becomes one that no proof lifts.
    pub async fn erase(&self, seen: &User, by: Operation<'_>) -> Result<EraseOutcome, StoreError> {
        let id = seen.identity.user_id();
        let frame = Frame { identity: &seen.identity, sender: Sender::ByHand(by), now: by.at, login: false };
        for _ in 0..ROUNDS {
            let Some((row, item)) = self.read(&id).await? else { return Ok(EraseOutcome::Moved) };
            let at = match erase_verdict(&row, seen.created_at, by.at) {
                EraseVerdict::Stands => return Ok(EraseOutcome::AlreadyErased),
                EraseVerdict::Moved => return Ok(EraseOutcome::Moved),
                EraseVerdict::Write(at) => at,
            };
            let statement = writes::erasure(frame, at, &item);
            let written = if row.has_claims() {
                self.write_and_free_claims(statement, &row).await?
            } else {
                matches!(self.update(&id, statement).await?, Written::Done(_))
            };
            if written {
                return Ok(EraseOutcome::Erased);
            }
        }
        Err(StoreError::contended("erase"))
    }

    /// One transaction: the row, and each claim that is still its own gone at once; `false` if the row has moved.
    async fn write_and_free_claims(&self, statement: Statement, row: &User) -> Result<bool, StoreError> {
        let id = row.identity.user_id();
        let free = |claim: &str| transaction::delete(&self.claims, ("claim", claim), OWNED, owner(&id));
        self.write_with_claims(statement, (&id, row), &free).await
    }

    /// Lifts a tombstone, an erased one too, by the provider's own answer at `answered_at` that the person lives.
    pub async fn restore(
        &self,
        identity: &Identity,
        profile: &Profile,
        answered_at: Timestamp,
        by: Operation<'_>,
    ) -> Result<RestoreOutcome, StoreError> {
        let frame = Frame { identity, sender: Sender::ByHand(by), now: by.at, login: false };
        for _ in 0..ROUNDS {
            let Some((row, item)) = self.read(&identity.user_id()).await? else { return Ok(RestoreOutcome::Gone) };
            let (lives_since, outcome) = match restore_verdict(&row, profile, answered_at) {
                Verdict::Stale => return Ok(RestoreOutcome::AlreadyLiving),
                Verdict::Deleted => return Ok(RestoreOutcome::TooEarly),
                Verdict::Write => (Some(answered_at), RestoreOutcome::Restored),
                Verdict::NewLife => (None, RestoreOutcome::Reborn),
            };
            if self.begin_anew(frame, profile, lives_since, &row, &item).await? {
                return Ok(outcome);
            }
        }
        Err(StoreError::contended("restore"))
    }

    /// The last thing that an operator did to a row, strongly consistent; nothing of a life before this one.
    pub async fn last_operation(&self, id: &UserId) -> Result<Option<LastOperation>, StoreError> {
        let Some((_, item)) = self.read(id).await? else { return Ok(None) };
        let Some(Ok(told)) = item.get(ATTRIBUTE).map(AttributeValue::as_m) else { return Ok(None) };
        Ok(read(told))
    }
}

fn read(told: &Item) -> Option<LastOperation> {
    let word = |name| text(told, name).map(str::to_owned);
    let at = told.get("at").and_then(millis)?;
    Some(LastOperation { name: word("name")?, actor: word("actor")?, reason: word("reason")?, at })
}

/// The statement that also leaves the trace of an operation, if it is one.
pub(super) fn told(statement: Statement, operation: Option<Operation<'_>>) -> Statement {
    let Some(operation) = operation else { return statement };
    let Operation { name, actor, reason, at } = operation;
    let trace = HashMap::from([
        ("name".to_owned(), s(name)),
        ("actor".to_owned(), s(actor.as_str())),
        ("reason".to_owned(), s(reason.as_str())),
        ("at".to_owned(), ms(at)),
    ]);
    statement.set(ATTRIBUTE, AttributeValue::M(trace))
}
