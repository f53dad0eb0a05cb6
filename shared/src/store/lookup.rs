//! Whose is this? From a claim to the row that lists it.

use super::audit::Seen;
use super::claims::{Claims, ROUNDS};
use super::error::StoreError;
use super::item::{self, Item, text};
use super::statement::s;
use crate::domain::{Claim, PublicKey, Standing, StripeCustomer, User, UserId};

impl Claims {
    /// The living user whose key this is.
    pub async fn by_public_key(&self, key: &PublicKey) -> Result<Option<User>, StoreError> {
        self.by_claim(&Claim::Key(*key)).await
    }

    /// The living user whose Stripe customer this is.
    pub async fn by_stripe_customer(&self, customer: &StripeCustomer) -> Result<Option<User>, StoreError> {
        self.by_claim(&Claim::Customer(customer.clone())).await
    }

    /// Two reads, both strongly consistent. A claim that moved between them is followed, and one that stands though its
    /// owner does not list it is read once more with the row at one moment: what passes from one user to another in one
    /// transaction is never nobody's, for a read may meet that transaction halfway.
    async fn by_claim(&self, claim: &Claim) -> Result<Option<User>, StoreError> {
        let name = claim.name();
        let mut before = None;
        for _ in 0..ROUNDS {
            let Some(claimed) = self.lasting(&name).await? else { return Ok(None) };
            let Some(owner) = text(&claimed, "user_id").and_then(UserId::parse) else { return Ok(None) };
            if before.as_ref() == Some(&claimed) {
                return self.at_one_moment(&name, owner).await;
            }
            let row = self.users.by_id(&owner).await?;
            if let Some(row) = row.filter(|row| lists(row, &name)) {
                return Ok(Some(row));
            }
            before = Some(claimed);
        }
        Err(StoreError::contended("lookup"))
    }

    /// Whose a claim is by one transaction, which reads its owner's row too.
    async fn at_one_moment(&self, name: &str, owner: UserId) -> Result<Option<User>, StoreError> {
        let before = Standing { owner: Some(owner), ..Standing::default() };
        let Some(Seen { standing, rows, .. }) = self.look(name, &before).await? else {
            return Err(StoreError::contended("lookup"));
        };
        let theirs = rows.iter().find(|(id, _)| standing.lasting && standing.owner.as_ref() == Some(id));
        let row = theirs.map(|(_, row)| item::user(row)).transpose()?.flatten();
        Ok(row.filter(|row| lists(row, name)))
    }

    /// The claim, unless it has ended.
    async fn lasting(&self, name: &str) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.table).key("claim", s(name)).consistent_read(true);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("GetItem", &error))?;
        Ok(answer.item.filter(|item| !item.contains_key("expires_at")))
    }
}

fn lists(row: &User, name: &str) -> bool {
    row.is_living() && row.claims().any(|listed| listed == name)
}
