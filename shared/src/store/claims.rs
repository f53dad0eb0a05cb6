//! `Claims`: what may belong to one user only. A claim and the row that lists it change in one transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::author::Author;
use super::by_hand;
use super::error::StoreError;
use super::item::Item;
use super::statement::{Statement, ms, s};
use super::transaction;
use super::users::Users;
use crate::clock::Timestamp;
use crate::config::Tables;
use crate::domain::{Claim, Keys, User, UserId, key_claim};

/// How often a write looks again at a row that moved under it.
pub(super) const ROUNDS: u32 = 8;

/// The table of claims, and the rows that list them.
#[derive(Clone)]
pub struct Claims {
    pub(super) client: Client,
    pub(super) users: Users,
    pub(super) table: String,
}

/// A living row, and the user that it says.
pub(super) struct Living {
    pub(super) row: User,
    pub(super) item: Item,
}

/// Why there is no living row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nobody {
    /// There is no row.
    NoUser,
    /// It is a tombstone, or another life.
    UserGone,
}

/// What one transaction changes besides the row. Whoever asks for it brings the parts along, so that a role has no more
/// rights than its changes need.
#[derive(Default)]
pub(super) struct Change {
    /// What the row gains.
    pub(super) gained: Option<Claim>,
    /// The ends of the claims that it loses.
    pub(super) lost: Vec<TransactWriteItem>,
    /// What is used up by it, and is not there twice.
    pub(super) uses: Option<Uses>,
}

/// What a change uses up.
pub(super) enum Uses {
    /// The challenge whose answer proves that the gained key is held.
    Challenge(TransactWriteItem),
    /// The intent that is fulfilled.
    Intent(TransactWriteItem),
}

/// How a transaction ended.
pub(super) enum Sent {
    /// All of it is written.
    Done,
    /// The row is not the one that was read.
    Moved,
    /// The claim is somebody else's.
    Taken,
    /// The challenge is used, or gone; or the intent is another one by now.
    Spent,
}

impl Claims {
    /// The table behind `client`.
    pub fn new(client: Client, tables: &Tables) -> Self {
        Self::beside(Users::new(client, tables))
    }

    /// The table beside `users`, behind the same client.
    pub fn beside(users: Users) -> Self {
        Self { client: users.client.clone(), table: users.claims.clone(), users }
    }

    /// The living row of a user, strongly consistent, of the life that `life` names or else names from now on.
    pub(super) async fn living(
        &self,
        id: &UserId,
        life: &mut Option<Timestamp>,
    ) -> Result<Result<Living, Nobody>, StoreError> {
        let Some((row, item)) = self.users.read(id).await? else { return Ok(Err(Nobody::NoUser)) };
        let same = *life.get_or_insert(row.created_at) == row.created_at;
        Ok(if row.is_living() && same { Ok(Living { row, item }) } else { Err(Nobody::UserGone) })
    }

    /// Sends a row's update with what it gains and loses: all of it, or nothing.
    pub(super) async fn send(
        &self,
        id: &UserId,
        row: Statement,
        change: Change,
        now: Timestamp,
    ) -> Result<Sent, StoreError> {
        let Change { gained, mut lost, uses } = change;
        let mut begin = vec![transaction::update(&self.users.table, "user_id", id.as_str(), row.expressions())?];
        if let Some(claim) = &gained {
            begin.push(self.taking(id, claim, uses.as_ref(), now)?);
        }
        if let Some(Uses::Challenge(part) | Uses::Intent(part)) = uses {
            begin.push(part);
        }
        // What is used up stands behind the row and the claim.
        let (claim_at, used_from) = (1, 1 + usize::from(gained.is_some()));
        for _ in 0..ROUNDS {
            let items = begin.iter().chain(&lost).cloned().collect();
            let Some(failed) = transaction::commit(&self.client, items).await? else { return Ok(Sent::Done) };
            let has_failed = |position: usize| failed.get(position).copied().unwrap_or(false);
            if has_failed(0) {
                return Ok(Sent::Moved);
            }
            if gained.is_some() && has_failed(claim_at) {
                return Ok(Sent::Taken);
            }
            if (used_from..begin.len()).any(has_failed) {
                return Ok(Sent::Spent);
            }
            // A claim that is missing or somebody else's must not stay listed for ever: it is left as it is.
            let mut position = begin.len();
            lost.retain(|_| {
                position += 1;
                !has_failed(position - 1)
            });
            tracing::warn!(code = "claim_not_owned", "a row lists a claim that is not its own");
        }
        Err(StoreError::contended("TransactWriteItems"))
    }

    /// The claim put if it is absent, past its time, or mine already; with a proof, also if it has ended. What an intent
    /// made is new: a claim that has ended says that it is not, and was my last life's.
    fn taking(
        &self,
        id: &UserId,
        claim: &Claim,
        uses: Option<&Uses>,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = HashMap::from([
            ("claim".to_owned(), s(claim.name())),
            ("user_id".to_owned(), s(id.as_str())),
            ("claimed_at".to_owned(), ms(now)),
        ]);
        let mut values = owner(id);
        let ended = if matches!(uses, Some(Uses::Challenge(_))) {
            "attribute_exists(expires_at)"
        } else {
            // TTL removes an item late, so that its time counts and not its absence.
            values.insert(":now".to_owned(), AttributeValue::N(now.seconds().to_string()));
            "expires_at <= :now"
        };
        let mine = match uses {
            Some(Uses::Intent(_)) => "(user_id = :user_id AND attribute_not_exists(expires_at))",
            _ => "user_id = :user_id",
        };
        let condition = format!("attribute_not_exists(claim) OR {mine} OR {ended}");
        transaction::put(&self.table, item, &condition, values)
    }

    /// The claim deleted, only if it is still mine.
    pub(super) fn leaving(&self, id: &UserId, claim: &str) -> Result<TransactWriteItem, StoreError> {
        transaction::delete(&self.table, ("claim", claim), OWNED, owner(id))
    }

    /// The same of several keys.
    pub(super) fn leaving_keys(&self, id: &UserId, keys: &[String]) -> Result<Vec<TransactWriteItem>, StoreError> {
        keys.iter().map(|key| self.leaving(id, &key_claim(key))).collect()
    }
}

/// The beginning of a row's update: by whom, and on condition that it is still the row of that life with these claims.
pub(super) fn listing(by: Author<'_>, met: &Item, attribute: &'static str) -> Statement {
    by_hand::told(Statement::default(), by.operation())
        .set("changed_by", s(by.changed_by()))
        .given("attribute_not_exists(identity_deleted_at)")
        .given_still(met, &["created_at", attribute])
}

/// `public_keys` as the table holds it; absent when there are none.
pub(super) fn key_map(keys: &Keys) -> Option<AttributeValue> {
    let linked = |at: &Timestamp| AttributeValue::M(HashMap::from([("linked_at".to_owned(), ms(*at))]));
    let map = keys.iter().map(|(key, at)| (key.clone(), linked(at))).collect();
    (!keys.is_empty()).then_some(AttributeValue::M(map))
}

/// What every end of a claim asks for.
pub(super) const OWNED: &str = "user_id = :user_id";

/// The value of [`OWNED`].
pub(super) fn owner(id: &UserId) -> Item {
    HashMap::from([(":user_id".to_owned(), s(id.as_str()))])
}
