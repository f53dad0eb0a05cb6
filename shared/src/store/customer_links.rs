//! The Stripe customer tied to a user: by a person's word, by an intent that made it, or by what a reconcile proved.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::author::Author;
use super::claims::{Change, Claims, Nobody, Sent, Uses, listing};
use super::error::StoreError;
use super::rounds::Rounds;
use super::statement::s;
use crate::clock::Timestamp;
use crate::domain::{
    Claim, CustomerOutcome, CustomerVerdict, Intent, StripeCustomer, UserId, customer_claim, customer_verdict,
};

/// A wish for somebody's customer.
struct Wished<'a> {
    user: &'a UserId,
    customer: &'a StripeCustomer,
    /// In place of this one; else of none.
    replaces: Option<(&'a StripeCustomer, TransactWriteItem)>,
    /// Only of this life; else of the one that is met first.
    life: Option<Timestamp>,
    fulfils: Option<TransactWriteItem>,
    by: Author<'a>,
    now: Timestamp,
}

impl Claims {
    /// Ties a Stripe customer to a user who has none, or in place of the one that `replaces` names.
    pub async fn set_stripe_customer(
        &self,
        user: &UserId,
        customer: &StripeCustomer,
        replaces: Option<&StripeCustomer>,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<CustomerOutcome, StoreError> {
        let replaces = match replaces {
            Some(old) => Some((old, self.leaving(user, &customer_claim(old.as_str()))?)),
            None => None,
        };
        self.tie(Wished { user, customer, replaces, life: None, fulfils: None, by, now }).await
    }

    /// Ties a customer to a user who has none, in the life that began here at `life` and in no other.
    pub async fn link_customer(
        &self,
        user: &UserId,
        customer: &StripeCustomer,
        life: Timestamp,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<CustomerOutcome, StoreError> {
        self.tie(Wished { user, customer, replaces: None, life: Some(life), fulfils: None, by, now }).await
    }

    /// The same of the customer that an intent made, for the life of the intent. It ends the intent, and
    /// [`CustomerOutcome::Superseded`] says that another one stands.
    pub async fn fulfil_intent(
        &self,
        user: &UserId,
        customer: &StripeCustomer,
        intent: &Intent,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<CustomerOutcome, StoreError> {
        let life = Some(intent.life);
        self.tie(Wished {
            user,
            customer,
            replaces: None,
            life,
            fulfils: Some(self.end_of_intent(user, intent)?),
            by,
            now,
        })
        .await
    }

    async fn tie(&self, wished: Wished<'_>) -> Result<CustomerOutcome, StoreError> {
        let Wished { user, customer, replaces, mut life, fulfils, by, now } = wished;
        let mut rounds = Rounds::default();
        while rounds.another().await {
            let living = match self.living(user, &mut life).await? {
                Ok(living) => living,
                Err(Nobody::NoUser) => return Ok(CustomerOutcome::NoUser),
                Err(Nobody::UserGone) => return Ok(CustomerOutcome::UserGone),
            };
            let standing = living.row.stripe_customer_id.as_deref();
            let old = replaces.as_ref().map(|(old, _)| old.as_str());
            match customer_verdict(standing, customer.as_str(), old) {
                CustomerVerdict::Stands => return Ok(CustomerOutcome::AlreadySet),
                CustomerVerdict::Differs => return Ok(CustomerOutcome::Differs),
                CustomerVerdict::Write => {}
            }
            let row = listing(by, &living.item, "stripe_customer_id").set("stripe_customer_id", s(customer.as_str()));
            // Who has one is written to in place of that one alone.
            let lost = replaces.iter().filter(|_| standing.is_some()).map(|(_, end)| end.clone()).collect();
            let gained = Some(Claim::Customer(customer.clone()));
            let change = Change { gained, lost, uses: fulfils.clone().map(Uses::Intent) };
            match self.send(user, row, change, now).await? {
                Sent::Done => return Ok(CustomerOutcome::Set),
                Sent::Taken => return Ok(CustomerOutcome::Taken),
                Sent::Spent => return Ok(CustomerOutcome::Superseded),
                Sent::Moved => {}
            }
        }
        Err(StoreError::contended("link"))
    }
}
