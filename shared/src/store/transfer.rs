//! A claim handed from one user to another by an operator: both rows and the claim, in one transaction.

use aws_sdk_dynamodb::types::AttributeValue;

use super::author::Author;
use super::claims::{Claims, Living, Nobody, ROUNDS, key_map, listing};
use super::error::StoreError;
use super::statement::{Statement, ms, s};
use super::transaction;
use crate::clock::Timestamp;
use crate::domain::{
    Claim, CustomerVerdict, KeysVerdict, TransferOutcome, User, UserId, Wish, customer_verdict, keys_verdict,
};

impl Claims {
    /// Hands a claim over: from a living user who lists it, or from one whose life has ended, while the claim has not
    /// run out.
    pub async fn transfer(
        &self,
        claim: &Claim,
        from: &UserId,
        to: &UserId,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<TransferOutcome, StoreError> {
        let mut life = None;
        for _ in 0..ROUNDS {
            let receiver = match self.living(to, &mut life).await? {
                Ok(living) => living,
                Err(Nobody::NoUser) => return Ok(TransferOutcome::NoUser),
                Err(Nobody::UserGone) => return Ok(TransferOutcome::UserGone),
            };
            let gaining = match gaining(&receiver, claim, by, now) {
                Ok(statement) => statement,
                Err(outcome) => return Ok(outcome),
            };
            let giver = self.users.read(from).await?.map(|(row, item)| Living { row, item });
            let losing = giver.filter(|giver| giver.row.is_living() && lists(&giver.row, claim));
            let losing = losing.map(|giver| losing_statement(&giver, claim, by, now));
            let handed = handed(from, to, losing.is_some(), now).expressions();
            let mut items = vec![
                transaction::update(&self.users.table, "user_id", to.as_str(), gaining.expressions())?,
                transaction::update(&self.table, "claim", &claim.name(), handed)?,
            ];
            if let Some(statement) = losing {
                items.push(transaction::update(&self.users.table, "user_id", from.as_str(), statement.expressions())?);
            }
            match transaction::commit(&self.client, items).await?.as_deref() {
                None => return Ok(TransferOutcome::Transferred),
                // Neither row has moved, and the claim is not the giver's.
                Some([false, true]) => match self.users.read(from).await? {
                    // Unless the giver linked it just now, and lists it.
                    Some((row, _)) if row.is_living() && lists(&row, claim) => {}
                    _ => return Ok(TransferOutcome::NotTheirs),
                },
                Some([false, true, false]) => return Ok(TransferOutcome::NotTheirs),
                Some(_) => {}
            }
        }
        Err(StoreError::contended("transfer"))
    }
}

fn lists(row: &User, claim: &Claim) -> bool {
    let name = claim.name();
    row.claims().any(|listed| listed == name)
}

/// The receiver's row with the claim, or why it cannot have it.
fn gaining(receiver: &Living, claim: &Claim, by: Author<'_>, now: Timestamp) -> Result<Statement, TransferOutcome> {
    match claim {
        Claim::Key(key) => match keys_verdict(&receiver.row.public_keys, Wish::With(key), now) {
            KeysVerdict::Stands => Err(TransferOutcome::AlreadyTheirs),
            KeysVerdict::TooMany => Err(TransferOutcome::TooMany),
            KeysVerdict::Write(keys, _) => {
                Ok(listing(by, &receiver.item, "public_keys").set_or_remove("public_keys", key_map(&keys)))
            }
        },
        Claim::Customer(customer) => {
            let standing = receiver.row.stripe_customer_id.as_deref();
            match customer_verdict(standing, customer.as_str(), None) {
                CustomerVerdict::Stands => Err(TransferOutcome::AlreadyTheirs),
                CustomerVerdict::Differs => Err(TransferOutcome::Differs),
                CustomerVerdict::Write => {
                    Ok(listing(by, &receiver.item, "stripe_customer_id")
                        .set("stripe_customer_id", s(customer.as_str())))
                }
            }
        }
    }
}

/// The giver's row without the claim.
fn losing_statement(giver: &Living, claim: &Claim, by: Author<'_>, now: Timestamp) -> Statement {
    match claim {
        Claim::Key(key) => {
            let statement = listing(by, &giver.item, "public_keys");
            match keys_verdict(&giver.row.public_keys, Wish::Without(key), now) {
                KeysVerdict::Write(keys, _) => statement.set_or_remove("public_keys", key_map(&keys)),
                KeysVerdict::Stands | KeysVerdict::TooMany => statement,
            }
        }
        Claim::Customer(_) => listing(by, &giver.item, "stripe_customer_id").remove(&["stripe_customer_id"]),
    }
}

/// The claim in other hands, without an end; only from the giver's, who lists it, or whose claim to it is ending.
fn handed(from: &UserId, to: &UserId, listed: bool, now: Timestamp) -> Statement {
    let statement = Statement::default()
        .set("user_id", s(to.as_str()))
        .set("claimed_at", ms(now))
        .remove(&["expires_at"])
        .value("from", s(from.as_str()))
        .given("user_id = :from");
    if listed {
        return statement.given("attribute_not_exists(expires_at)");
    }
    statement.value("now", AttributeValue::N(now.seconds().to_string())).given("expires_at > :now")
}
