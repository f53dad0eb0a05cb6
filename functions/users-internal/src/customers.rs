//! `setStripeCustomerId`, `ensureStripeCustomer` and `listUsersForStripeReconcile`.

use serde_json::{Map, Value, json};
use shared::customers::{AccessError, Customers, EnsureError, EnsureOutcome};
use shared::domain::CustomerOutcome;
use shared::invocation::Failure;
use shared::provider::{ProviderError, Stripe};
use shared::store::{Author, Entry};
use shared::telemetry;

use crate::App;
use crate::request::{CustomerToMake, CustomerWish, PageWish};

impl App {
    /// Sets the customer where there is none, or in place of the one that the wish names.
    pub(crate) async fn set_stripe_customer(&self, wish: &CustomerWish) -> Result<Value, Failure> {
        let CustomerWish { user, customer, replaces } = wish;
        let (by, now) = (Author::Internal, self.clock.now());
        let outcome = self.claims.set_stripe_customer(user, customer, replaces.as_ref(), by, now).await?;
        let refused = |code, message| Err(Failure::new(code, message));
        match outcome {
            CustomerOutcome::Set | CustomerOutcome::AlreadySet => Ok(json!({
                "userId": user.as_str(),
                "stripeCustomerId": customer.as_str(),
                "result": outcome.as_str(),
            })),
            CustomerOutcome::Taken => refused("stripe_customer_taken", "this customer is somebody else's"),
            CustomerOutcome::Differs if replaces.is_none() => {
                refused("stripe_customer_differs", "the user has another customer: name it in replaces to replace it")
            }
            // Of an intent this wish knows nothing, so that none can supersede it.
            CustomerOutcome::Differs | CustomerOutcome::Superseded => {
                refused("stripe_customer_differs", "the user's customer is not the one that replaces names")
            }
            CustomerOutcome::NoUser => refused("user_unknown", "nobody has this id"),
            CustomerOutcome::UserGone => refused("user_deleted", "this user was deleted"),
        }
    }

    /// The user's customer at Stripe; one is made where there is none.
    pub(crate) async fn ensure_stripe_customer(&self, wish: &CustomerToMake) -> Result<Value, Failure> {
        let off = || Failure::new("stripe_not_configured", "Stripe is not configured: STRIPE_SECRET_KEY is missing");
        let access = self.stripe.as_ref().ok_or_else(off)?;
        let mut ensured = self.ensured(access.client().await.map_err(stripe_failed)?, wish).await;
        // The key may have been rotated since it was read.
        if let Err(EnsureError::Stripe(ProviderError::Unauthorized { .. })) = ensured
            && let Some(stripe) = access.renewed().await.map_err(stripe_failed)?
        {
            ensured = self.ensured(stripe, wish).await;
        }
        let outcome = ensured.map_err(|error| match error {
            EnsureError::Store(error) => error.into(),
            EnsureError::Stripe(error) => stripe_failed(AccessError::Stripe(error)),
        })?;
        telemetry::emit(&self.clock, &[("Door", "internal")], &[(outcome.as_str(), 1)]);
        let refused = |code, message| Err(Failure::new(code, message));
        match outcome {
            EnsureOutcome::Linked(customer) | EnsureOutcome::AlreadyLinked(customer) => {
                Ok(json!({ "stripeCustomerId": customer.as_str() }))
            }
            EnsureOutcome::Ambiguous => refused(
                "stripe_customer_ambiguous",
                "several customers at Stripe name this user: choose one, and set it by setStripeCustomerId",
            ),
            EnsureOutcome::NoUser => refused("user_unknown", "nobody has this id"),
            EnsureOutcome::UserGone => refused("user_deleted", "this user was deleted"),
        }
    }

    async fn ensured(&self, stripe: Stripe, wish: &CustomerToMake) -> Result<EnsureOutcome, EnsureError> {
        let CustomerToMake { user, email, name } = wish;
        let customers = Customers { users: self.users.clone(), claims: self.claims.clone(), stripe };
        let (by, now) = (Author::Internal, self.clock.now());
        customers.ensure(user, email.as_deref(), name.as_deref(), by, now).await
    }

    /// One page of the living users, each with its customer.
    pub(crate) async fn list_for_stripe(&self, page: &PageWish) -> Result<Value, Failure> {
        let bad = |_| Failure::new("cursor_invalid", "paginationOpts.cursor is none that this operation gave");
        let cursor = page.cursor.as_deref().map(|text| self.users.living_cursor(text)).transpose().map_err(bad)?;
        let roll = self.users.living(page.most, cursor.as_ref()).await?;
        let users: Vec<Value> = roll.users.iter().map(told).collect();
        Ok(json!({"users": users, "isDone": roll.cursor.is_none(), "continueCursor": roll.cursor}))
    }
}

/// Whatever became of it, the same wish once more goes on where this one stopped.
fn stripe_failed(error: AccessError) -> Failure {
    match error {
        AccessError::Secrets(error) => error.into(),
        AccessError::Stripe(error) => Failure::new("provider_unavailable", error.to_string()),
    }
}

fn told(entry: &Entry) -> Value {
    let mut told = Map::from_iter([("_id".to_owned(), json!(entry.id.as_str()))]);
    told.extend(entry.stripe_customer_id.as_ref().map(|id| ("stripeCustomerId".to_owned(), json!(id))));
    Value::Object(told)
}
