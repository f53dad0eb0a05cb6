//! One user and their customers, looked at again: rows by strongly consistent reads, customers as Stripe has just said.

use super::book::{Book, Candidate, Suspect};
use super::found::LinkFound;
use super::reconciler::StripeReconciler;
use crate::domain::{Customer, LinkCause, Linked, StripeCustomer, User, UserId, link_causes, may_link};
use crate::provider::CustomerReading;
use crate::reconcile::ReconcileError;

/// What one look brought.
pub(super) struct Looked {
    pub(super) found: Vec<LinkFound>,
    /// Whether the listing lacked a customer that is there, and that it should have named.
    pub(super) was_lacking: bool,
}

impl StripeReconciler {
    /// A listed customer that the row of this user listed when it was scanned.
    pub(super) async fn judge_listed(
        &self,
        user: &UserId,
        customer: &Customer,
    ) -> Result<Vec<LinkFound>, ReconcileError> {
        let row = self.users.by_id(user).await?;
        let lists = |row: &User| row.is_living() && row.stripe_customer_id.as_deref() == Some(customer.id.as_str());
        let Some(row) = row.filter(lists) else { return Ok(Vec::new()) };
        let causes = link_causes(&row, Linked::There(customer), 0).into_iter();
        Ok(causes.map(|cause| LinkFound::of(cause, Some(user.clone()), Some(customer.id.clone()))).collect())
    }

    /// A listed customer who names somebody that was unknown or deleted here when the table was scanned.
    pub(super) async fn judge_orphan(&self, customer: &Customer) -> Result<Vec<LinkFound>, ReconcileError> {
        let user = customer.named();
        if let Some(user) = &user
            && self.users.by_id(user).await?.is_some_and(|row| row.is_living())
        {
            // They came meanwhile: the next run looks at them.
            return Ok(Vec::new());
        }
        Ok(vec![LinkFound::of(LinkCause::Orphan, user, Some(customer.id.clone()))])
    }

    /// The customer of a row that the listing did not name.
    pub(super) async fn look_at_unlisted(&self, suspect: &Suspect) -> Result<Looked, ReconcileError> {
        let mut looked = Looked { found: Vec::new(), was_lacking: false };
        let row = self.users.by_id(&suspect.user_id).await?.filter(User::is_living);
        let Some((row, listed)) = row.and_then(|row| Some((row.clone(), row.stripe_customer_id?))) else {
            return Ok(looked);
        };
        let reading = self.stripe.customer(&listed).await?;
        let linked = match &reading {
            CustomerReading::Gone => Linked::Gone,
            CustomerReading::Found(customer) => {
                looked.was_lacking = !customer.on_test_clock;
                Linked::There(customer)
            }
        };
        let causes = link_causes(&row, linked, 0).into_iter();
        let customer = listed.parse().ok();
        looked.found =
            causes.map(|cause| LinkFound::of(cause, Some(suspect.user_id.clone()), customer.clone())).collect();
        Ok(looked)
    }

    /// The customers who name a user besides the one that the row lists, and those who have the address alone.
    pub(super) async fn judge_naming(&self, suspect: &Suspect, book: &Book) -> Result<Vec<LinkFound>, ReconcileError> {
        let user = &suspect.user_id;
        let Some(row) = self.users.by_id(user).await?.filter(User::is_living) else {
            let orphan = |of: &Candidate| LinkFound::of(LinkCause::Orphan, Some(user.clone()), Some(of.id.clone()));
            return Ok(suspect.naming.iter().map(orphan).collect());
        };
        let listed = row.stripe_customer_id.as_deref();
        let naming: Vec<&Candidate> =
            suspect.naming.iter().filter(|candidate| Some(candidate.id.as_str()) != listed).collect();
        let linked = if listed.is_some() { Linked::Judged } else { Linked::None };
        let causes = link_causes(&row, linked, naming.len());
        if causes.is_empty() && naming.is_empty() && listed.is_none() && book.has_address_of(&row) {
            let by_email =
                |id: &StripeCustomer| LinkFound::of(LinkCause::EmailOnlyMatch, Some(user.clone()), Some(id.clone()));
            return Ok(suspect.addressed.iter().map(by_email).collect());
        }
        Ok(causes.into_iter().map(|cause| self.found_naming(cause, &row, &naming)).collect())
    }

    fn found_naming(&self, cause: LinkCause, row: &User, naming: &[&Candidate]) -> LinkFound {
        let now = self.clock.now();
        let settled = naming.iter().all(|candidate| now.since(candidate.created_at) >= self.settle);
        let ids = || naming.iter().map(|candidate| candidate.id.clone());
        let own = row.stripe_customer_id.as_deref().and_then(|id| id.parse().ok());
        let others = ids().skip(usize::from(own.is_none())).collect();
        let customer = own.or_else(|| ids().next());
        let unproven = match (cause, naming) {
            (LinkCause::MissingLink, [candidate]) => may_link(row, &candidate.as_customer(row)).err(),
            _ => None,
        };
        let user_id = Some(row.identity.user_id());
        LinkFound { others, settled, unproven, row: Some(row.clone()), ..LinkFound::of(cause, user_id, customer) }
    }
}

impl Candidate {
    /// What the book kept of it, which is what a life is judged by.
    fn as_customer(&self, row: &User) -> Customer {
        Customer {
            id: self.id.clone(),
            user_id: Some(row.identity.user_id().to_string()),
            email: None,
            name: None,
            created_at: self.created_at,
            on_test_clock: false,
        }
    }
}
