//! Whose is this? From a claim to the row that lists it.

use super::claims::{Claims, ROUNDS};
use super::error::StoreError;
use super::item::{Item, text};
use super::statement::s;
use crate::domain::{Claim, PublicKey, StripeCustomer, User, UserId};

impl Claims {
    /// The living user whose key this is.
    pub async fn by_public_key(&self, key: &PublicKey) -> Result<Option<User>, StoreError> {
        self.by_claim(&Claim::Key(*key)).await
    }

    /// The living user whose Stripe customer this is.
    pub async fn by_stripe_customer(&self, customer: &StripeCustomer) -> Result<Option<User>, StoreError> {
        self.by_claim(&Claim::Customer(customer.clone())).await
    }

    /// Two reads, both strongly consistent. A claim that moved between them is followed, so that what passes from one
    /// user to another in one transaction is never nobody's.
    async fn by_claim(&self, claim: &Claim) -> Result<Option<User>, StoreError> {
        let name = claim.name();
        let mut before = None;
        for _ in 0..ROUNDS {
            let Some(claimed) = self.lasting(&name).await? else { return Ok(None) };
            // Nobody took it between two reads: its owner does not list it.
            if before.as_ref() == Some(&claimed) {
                return Ok(None);
            }
            let Some(owner) = text(&claimed, "user_id").and_then(UserId::parse) else { return Ok(None) };
            let row = self.users.by_id(&owner).await?;
            let lists = |row: &User| row.is_living() && row.claims().any(|listed| listed == name);
            if let Some(row) = row.filter(lists) {
                return Ok(Some(row));
            }
            before = Some(claimed);
        }
        Err(StoreError::contended("lookup"))
    }

    /// The claim, unless it has ended.
    async fn lasting(&self, name: &str) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.table).key("claim", s(name)).consistent_read(true);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("GetItem", &error))?;
        Ok(answer.item.filter(|item| !item.contains_key("expires_at")))
    }
}
