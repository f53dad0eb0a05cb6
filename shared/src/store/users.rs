//! `Users`: one row for each identity. One request for what is common, a second one only where the first lost.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::claims::{OWNED, owner};
use super::error::StoreError;
use super::item::{self, Item};
use super::statement::{Statement, s};
use super::transaction;
use super::writes::{self, Frame};
use crate::clock::Timestamp;
use crate::config::Tables;
use crate::domain::{
    DeleteOutcome, Identity, LiftOutcome, Operation, Outcome, Profile, RepairOutcome, Told, Tombstone, User, UserId,
    Verdict, deletion_verdict, lift_verdict, profile_verdict, written,
};

/// How often a write looks again at a row that moved under it.
pub(super) const ROUNDS: u32 = 8;

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender<'a> {
    /// The post-login Action.
    Login,
    /// Clerk's webhook.
    Clerk,
    /// An event of Auth0's.
    Auth0Event,
    /// A reconcile.
    Reconcile,
    /// A service, by the id of its token.
    Token(&'a str),
    /// An operator.
    ByHand(Operation<'a>),
}

impl<'a> Sender<'a> {
    /// What is done by hand, if it is.
    pub(super) fn operation(self) -> Option<Operation<'a>> {
        if let Self::ByHand(operation) = self { Some(operation) } else { None }
    }

    /// The name in `changed_by`.
    pub fn changed_by(self) -> String {
        match self {
            Self::Login => "login".to_owned(),
            Self::Clerk => "clerk".to_owned(),
            Self::Auth0Event => "auth0-event".to_owned(),
            Self::Reconcile => "reconcile".to_owned(),
            Self::Token(id) => format!("token:{id}"),
            Self::ByHand(operation) => format!("operator:{}", operation.actor.as_str()),
        }
    }
}

/// The table of users, and the end of what its rows claim.
#[derive(Clone)]
pub struct Users {
    pub(super) client: Client,
    pub(super) table: String,
    pub(super) claims: String,
}

/// How what a row claimed ends with it.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// It stays taken for its afterlife.
    InTime,
    /// It is free at once.
    AtOnce,
}

/// A lost condition: the row that won, or nothing if it is gone by now.
pub(super) enum Written {
    Done(Option<Item>),
    Lost(Option<Item>),
}

impl Users {
    /// The table behind `client`.
    pub fn new(client: Client, tables: &Tables) -> Self {
        Self { client, table: tables.users.clone(), claims: tables.claims.clone() }
    }

    /// Opens the connection ahead of the first request, by a read of a row that cannot be there.
    pub async fn prime(&self) {
        // What it answers does not matter, and neither does a failure: the request tells.
        let _ = self.client.get_item().table_name(&self.table).key("user_id", s("prime")).send().await;
    }

    /// The row of an id, strongly consistent; tombstones too.
    pub async fn by_id(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.read(id).await?.map(|(user, _)| user))
    }

    /// The row of an identity, strongly consistent; tombstones too.
    pub async fn by_identity(&self, identity: &Identity) -> Result<Option<User>, StoreError> {
        self.by_id(&identity.user_id()).await
    }

    pub(super) async fn read(&self, id: &UserId) -> Result<Option<(User, Item)>, StoreError> {
        let request =
            self.client.get_item().table_name(&self.table).key("user_id", s(id.as_str())).consistent_read(true);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("GetItem", &error))?;
        met(answer.item)
    }

    /// Writes what a sender told, if the rules let it. `login` marks activity too.
    pub async fn upsert(
        &self,
        identity: &Identity,
        told: &Told,
        sender: Sender<'_>,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        self.upsert_framed(Frame { identity, sender, now, login: sender == Sender::Login }, told).await
    }

    async fn upsert_framed(&self, frame: Frame<'_>, told: &Told) -> Result<Outcome, StoreError> {
        for _ in 0..ROUNDS {
            let winner = match self.update(&frame.identity.user_id(), writes::upsert(frame, told)).await? {
                Written::Done(before) => return Ok(written(met(before)?.map(|(user, _)| user).as_ref(), told)),
                Written::Lost(winner) => met(winner)?,
            };
            let Some((row, item)) = winner else { continue };
            match (told, row.tombstone) {
                (Told::Patch(_), Some(_)) => return Ok(Outcome::Deleted),
                (Told::Patch(_), None) => {}
                (Told::Profile(profile), _) => match profile_verdict(&row, profile) {
                    Verdict::Deleted => return Ok(Outcome::Deleted),
                    Verdict::Stale => return self.stale(frame).await,
                    Verdict::NewLife if self.begin_anew(frame, profile, None, &row, &item).await? => {
                        return Ok(Outcome::Reborn);
                    }
                    Verdict::NewLife | Verdict::Write => {}
                },
            }
        }
        Err(StoreError::contended("upsert"))
    }

    /// A stale profile changes no fact, but a login is a login.
    async fn stale(&self, frame: Frame<'_>) -> Result<Outcome, StoreError> {
        if !frame.login {
            return Ok(Outcome::Stale);
        }
        match self.update(&frame.identity.user_id(), writes::activity(frame)).await? {
            Written::Done(_) => Ok(Outcome::Stale),
            Written::Lost(_) => Ok(Outcome::Deleted),
        }
    }

    /// Ends the person, by the provider's clock, and with them what they claim.
    pub async fn delete(
        &self,
        identity: &Identity,
        at: Timestamp,
        sender: Sender<'_>,
        now: Timestamp,
    ) -> Result<DeleteOutcome, StoreError> {
        let frame = Frame { identity, sender, now, login: false };
        for _ in 0..ROUNDS {
            let winner = match self.update(&identity.user_id(), writes::delete(frame, at)).await? {
                Written::Done(_) => return Ok(DeleteOutcome::Deleted),
                Written::Lost(winner) => met(winner)?,
            };
            let Some((row, item)) = winner else { continue };
            if deletion_verdict(&row, at) != Verdict::Write {
                return Ok(DeleteOutcome::Stale);
            }
            let statement = writes::delete_met(frame, at, &item);
            if row.is_living() && self.write_and_end_claims(statement, frame, &row, Ending::InTime).await? {
                return Ok(DeleteOutcome::Deleted);
            }
        }
        Err(StoreError::contended("delete"))
    }

    /// Writes a profile that the provider itself has just proved, over the version that was `seen` and no other.
    pub async fn repair(
        &self,
        identity: &Identity,
        profile: &Profile,
        seen: &User,
        now: Timestamp,
    ) -> Result<RepairOutcome, StoreError> {
        let frame = Frame { identity, sender: Sender::Reconcile, now, login: false };
        match self.update(&identity.user_id(), writes::repair(frame, profile, seen)).await? {
            Written::Done(_) => Ok(RepairOutcome::Repaired),
            // A reply can be lost after the write: then the row that won is this very one.
            Written::Lost(winner) => match met(winner)? {
                Some((row, _)) if stands(&row, profile) => Ok(RepairOutcome::Repaired),
                _ => Ok(RepairOutcome::Moved),
            },
        }
    }

    /// Lifts a tombstone, by the provider's own answer at `answered_at` that the person lives.
    pub async fn lift(
        &self,
        identity: &Identity,
        profile: &Profile,
        answered_at: Timestamp,
        now: Timestamp,
    ) -> Result<LiftOutcome, StoreError> {
        let Some((row, item)) = self.read(&identity.user_id()).await? else { return Ok(LiftOutcome::Moved) };
        let frame = Frame { identity, sender: Sender::Reconcile, now, login: false };
        match lift_verdict(&row, profile, answered_at) {
            Verdict::Write if self.begin_anew(frame, profile, Some(answered_at), &row, &item).await? => {
                Ok(LiftOutcome::Lifted)
            }
            Verdict::Deleted => Ok(LiftOutcome::Refused),
            Verdict::Write => {
                // A reply can be lost after the write: then the row is lifted by this very proof.
                let row = self.by_identity(identity).await?;
                let own = row.is_some_and(|row| row.lives_since == Some(answered_at) && stands(&row, profile));
                Ok(if own { LiftOutcome::Lifted } else { LiftOutcome::Moved })
            }
            Verdict::Stale | Verdict::NewLife => Ok(LiftOutcome::Moved),
        }
    }

    /// Lets an erased user's tombstone stay for its whole time again; `false` if that tombstone is gone or another one.
    pub async fn renew(&self, identity: &Identity, seen: &Tombstone, now: Timestamp) -> Result<bool, StoreError> {
        let frame = Frame { identity, sender: Sender::Reconcile, now, login: false };
        let renewed = self.update(&identity.user_id(), writes::renewal(frame, seen.identity_deleted_at)).await?;
        Ok(matches!(renewed, Written::Done(_)))
    }

    /// Begins a life in place of the row that was met; `false` if that row has moved.
    pub(super) async fn begin_anew(
        &self,
        frame: Frame<'_>,
        profile: &Profile,
        lives_since: Option<Timestamp>,
        row: &User,
        item: &Item,
    ) -> Result<bool, StoreError> {
        let statement = writes::anew(frame, profile, lives_since, item);
        // A tombstone's claims have ended already, and nothing touches them again.
        if row.is_living() && row.has_claims() {
            return self.write_and_end_claims(statement, frame, row, Ending::InTime).await;
        }
        Ok(matches!(self.update(&frame.identity.user_id(), statement).await?, Written::Done(_)))
    }

    /// One transaction: the row, and the end of each claim that is still its own; `false` if the row has moved.
    pub(super) async fn write_and_end_claims(
        &self,
        statement: Statement,
        frame: Frame<'_>,
        row: &User,
        ending: Ending,
    ) -> Result<bool, StoreError> {
        let id = frame.identity.user_id();
        let row_update = transaction::update(&self.table, "user_id", id.as_str(), statement.expressions())?;
        let mut claims: Vec<String> = row.claims().collect();
        for _ in 0..ROUNDS {
            let mut items = vec![row_update.clone()];
            for claim in &claims {
                items.push(match ending {
                    Ending::InTime => {
                        let end = writes::end_of_claim(id.as_str(), frame.now).expressions();
                        transaction::update(&self.claims, "claim", claim, end)?
                    }
                    Ending::AtOnce => transaction::delete(&self.claims, ("claim", claim), OWNED, owner(&id))?,
                });
            }
            match transaction::commit(&self.client, items).await? {
                None => return Ok(true),
                Some(lost) if lost.first().is_some_and(|lost| *lost) => return Ok(false),
                Some(lost) => {
                    // A claim that is missing or somebody else's must not keep its lister alive: it is left as it is.
                    let mut position = 0;
                    claims.retain(|_| {
                        position += 1;
                        lost.get(position).is_none_or(|lost| !lost)
                    });
                    if row.is_living() {
                        tracing::warn!(code = "claim_not_owned", "a row lists a claim that is not its own");
                    }
                }
            }
        }
        Err(StoreError::contended("TransactWriteItems"))
    }

    pub(super) async fn update(&self, id: &UserId, statement: Statement) -> Result<Written, StoreError> {
        self.update_returning(ReturnValue::AllOld, id, statement).await
    }

    /// The same with another image on success: on failure it is the row that won, always.
    pub(super) async fn update_returning(
        &self,
        image: ReturnValue,
        id: &UserId,
        statement: Statement,
    ) -> Result<Written, StoreError> {
        let expressions = statement.expressions();
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("user_id", s(id.as_str()))
            .update_expression(expressions.update)
            .condition_expression(expressions.condition)
            .set_expression_attribute_names(expressions.names)
            .set_expression_attribute_values(Some(expressions.values))
            .return_values(image)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(done) => Ok(Written::Done(done.attributes)),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(lost)) => Ok(Written::Lost(lost.item.clone())),
                _ => Err(StoreError::unavailable("UpdateItem", &error)),
            },
        }
    }
}

/// An item, and the row that it says.
pub(super) fn met(item: Option<Item>) -> Result<Option<(User, Item)>, StoreError> {
    let Some(item) = item else { return Ok(None) };
    Ok(item::user(&item)?.map(|user| (user, item)))
}

/// Whether `profile` is what the row says, to the version.
fn stands(row: &User, profile: &Profile) -> bool {
    let same_life = row.provider_created_at == Some(profile.created_at());
    row.is_living() && same_life && row.profile_version == Some(profile.version()) && row.facts == *profile.facts()
}
