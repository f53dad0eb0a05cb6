//! A claim that an audit found wrong, mended: one transaction, on condition that nothing of what was seen has moved.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::audit::{Finding, Seen};
use super::author::Author;
use super::claims::{Claims, ROUNDS, key_map, listing};
use super::error::StoreError;
use super::item::Item;
use super::scan::readable;
use super::statement::{Statement, ms, s};
use super::transaction;
use super::writes::claim_end;
use crate::clock::Timestamp;
use crate::domain::{Remedy, Undecided, UserId, fault_of, key_claim, remedy_of};

/// How the repair of a claim ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimRepair {
    /// It is right now: by this repair, or by somebody who was faster.
    Repaired,
    /// It was right by itself.
    Right,
    /// It stands otherwise than the audit saw it: nothing was written.
    Moved,
    /// Nothing says whose it is: nothing was written.
    Undecided(Undecided),
}

impl ClaimRepair {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::Right => "right",
            Self::Moved => "moved",
            Self::Undecided(why) => why.as_str(),
        }
    }
}

impl Claims {
    /// Mends a claim as the finding's remedy says, if it still stands as it was found. To repeat it is safe.
    pub async fn repair(&self, finding: &Finding, by: Author<'_>, now: Timestamp) -> Result<ClaimRepair, StoreError> {
        let mut tried = false;
        for _ in 0..ROUNDS {
            let Some(seen) = self.look(&finding.claim, &finding.standing).await? else {
                return Ok(ClaimRepair::Moved);
            };
            if fault_of(&seen.standing).is_none() {
                // Of a repair whose reply was lost, this is the effect.
                return Ok(if tried { ClaimRepair::Repaired } else { ClaimRepair::Right });
            }
            if seen.standing != finding.standing {
                return Ok(ClaimRepair::Moved);
            }
            let remedy = match remedy_of(&seen.standing, now) {
                Some(Ok(remedy)) => remedy,
                Some(Err(why)) => return Ok(ClaimRepair::Undecided(why)),
                None => return Ok(ClaimRepair::Right),
            };
            let items = self.mending(&finding.claim, &seen, &remedy, by, now)?;
            if transaction::commit(&self.client, items).await?.is_none() {
                return Ok(ClaimRepair::Repaired);
            }
            tried = true;
        }
        Err(StoreError::contended("repair"))
    }

    /// The claim and every row involved: each changed, or at least required to be as it was seen.
    fn mending(
        &self,
        claim: &str,
        seen: &Seen,
        remedy: &Remedy,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let still = Statement::default().given_still(&seen.claim, &["user_id", "claimed_at", "expires_at"]);
        let update = |changed: Statement| transaction::update(&self.table, "claim", claim, changed.expressions());
        let mut items = vec![match remedy {
            Remedy::End | Remedy::UnlistAndEnd(_) => update(still.set("expires_at", claim_end(now))),
            Remedy::Hold(user) => {
                update(still.set("user_id", s(user.as_str())).set("claimed_at", ms(now)).remove(&["expires_at"]))
            }
            Remedy::Unlist(_) => transaction::check(&self.table, "claim", claim, still.expressions()),
        }?];
        for (user, row) in &seen.rows {
            items.push(if loses(remedy, user) {
                let unlisted = unlisted(row, claim, by).expressions();
                transaction::update(&self.users.table, "user_id", user.as_str(), unlisted)?
            } else {
                let lists = ["created_at", "identity_deleted_at", "public_keys", "stripe_customer_id"];
                let still = Statement::default().given_still(row, &lists).expressions();
                transaction::check(&self.users.table, "user_id", user.as_str(), still)?
            });
        }
        Ok(items)
    }
}

fn loses(remedy: &Remedy, user: &UserId) -> bool {
    match remedy {
        Remedy::Unlist(users) => users.contains(user),
        Remedy::UnlistAndEnd(loser) => loser == user,
        Remedy::End | Remedy::Hold(_) => false,
    }
}

/// A row without the claim.
fn unlisted(row: &Item, claim: &str, by: Author<'_>) -> Statement {
    if claim.starts_with(&key_claim("")) {
        let mut keys = readable(row).map(|user| user.public_keys).unwrap_or_default();
        keys.retain(|key, _| key_claim(key) != claim);
        return listing(by, row, "public_keys").set_or_remove("public_keys", key_map(&keys));
    }
    listing(by, row, "stripe_customer_id").remove(&["stripe_customer_id"])
}
