//! The one write: a link that exactly one customer's metadata prove, on a last look at that customer.

use super::found::{LinkApplied, LinkFound};
use super::reconciler::StripeReconciler;
use crate::domain::may_link;
use crate::provider::CustomerReading;
use crate::reconcile::ReconcileError;
use crate::store::Author;

impl StripeReconciler {
    /// Ties the customer to the life that was read, if both are still what they were.
    pub(super) async fn act(&self, found: &LinkFound) -> Result<LinkApplied, ReconcileError> {
        let (Some(row), Some(customer), true) = (&found.row, &found.customer, found.is_writable()) else {
            return Ok(LinkApplied::Nothing);
        };
        let user = row.identity.user_id();
        let CustomerReading::Found(now_there) = self.stripe.customer(customer.as_str()).await? else {
            return Ok(LinkApplied::Moved);
        };
        if !now_there.names(&user) || may_link(row, &now_there).is_err() {
            return Ok(LinkApplied::Moved);
        }
        let (life, now) = (row.created_at, self.clock.now());
        let tied = self.claims.link_customer(&user, customer, life, Author::Reconcile, now).await?;
        Ok(LinkApplied::Tied(tied))
    }
}
