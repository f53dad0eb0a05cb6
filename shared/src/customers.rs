//! A Stripe customer for a user: one, whoever asks, however often, and whatever is lost on the way.
//!
//! An intent is kept first; Stripe is asked under its key; the link ends it. Whoever comes in between, or after somebody
//! who died, meets the intent and asks Stripe the very same. Only where Stripe may have forgotten the key, or failed
//! under it, a listing says what came of it.

mod access;

use std::time::Duration;

use futures_util::TryStreamExt;

use crate::clock::Timestamp;
use crate::domain::{Customer, CustomerOutcome, Intent, IntentVerdict, StripeCustomer, User, UserId};
use crate::provider::{Made, ProviderError, Stripe};
use crate::store::{Author, Claims, StoreError, Users};

pub use access::{AccessError, StripeAccess};

/// How often it begins again with what moved under it.
const ROUNDS: u32 = 8;
/// By how much Stripe's clock may be behind ours.
const CLOCKS_APART: Duration = Duration::from_secs(300);

/// Users' customers at Stripe.
#[derive(Clone)]
pub struct Customers {
    /// The rows.
    pub users: Users,
    /// The links, and the intents.
    pub claims: Claims,
    /// Stripe.
    pub stripe: Stripe,
}

/// How a wish for a customer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnsureOutcome {
    /// The user has this one; it was tied to them now, or by somebody beside this very wish.
    Linked(StripeCustomer),
    /// The user had this one already: nothing was asked of Stripe.
    AlreadyLinked(StripeCustomer),
    /// Several customers at Stripe name this user, and none is tied to them: a person has to choose.
    Ambiguous,
    /// There is no such user.
    NoUser,
    /// The user is deleted, or this life ended meanwhile.
    UserGone,
}

impl EnsureOutcome {
    /// The word for it in logs and metrics.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Linked(_) => "linked",
            Self::AlreadyLinked(_) => "already_linked",
            Self::Ambiguous => "ambiguous",
            Self::NoUser => "no_user",
            Self::UserGone => "user_gone",
        }
    }

    /// The customer, where there is one.
    pub fn customer(&self) -> Option<&StripeCustomer> {
        match self {
            Self::Linked(customer) | Self::AlreadyLinked(customer) => Some(customer),
            Self::Ambiguous | Self::NoUser | Self::UserGone => None,
        }
    }
}

/// Why a wish for a customer did not end. The same wish once more goes on where this one stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnsureError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stripe.
    #[error(transparent)]
    Stripe(#[from] ProviderError),
}

/// What is told to a customer once it is tied.
#[derive(Clone, Copy)]
struct Described<'a> {
    email: Option<&'a str>,
    name: Option<&'a str>,
}

/// What came of asking for one.
enum Got {
    One(StripeCustomer),
    /// The intent is another one by now.
    Superseded,
    Several,
}

impl Customers {
    /// The user's customer; one is made where there is none. An address and a name are told to it afterwards: whether
    /// that succeeds changes nothing about the customer, and the reconcile reports it as `drift` if it did not.
    pub async fn ensure(
        &self,
        user: &UserId,
        email: Option<&str>,
        name: Option<&str>,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<EnsureOutcome, EnsureError> {
        let described = Described { email, name };
        let mut life = None;
        for round in 0..ROUNDS {
            let row = match self.living(user, &mut life).await? {
                Ok(row) => row,
                Err(nobody) => return Ok(nobody),
            };
            if let Some(customer) = standing(&row, user)? {
                let mine = if round == 0 { EnsureOutcome::AlreadyLinked } else { EnsureOutcome::Linked };
                return Ok(mine(customer));
            }
            let wanted = Intent::next(user, row.created_at, self.stripe.environment(), None, now);
            let Some(intent) = self.claims.begin_intent(user, &wanted, None, now).await? else { continue };
            // Between the read and this intent somebody may have tied a customer and ended theirs. So may they have
            // before the intent of somebody else, who has not found out yet.
            if self.is_tied(user).await? {
                if intent == wanted {
                    self.claims.drop_intent(user, &intent).await?;
                }
                continue;
            }
            let customer = match self.got(user, &row, &intent, now).await? {
                Got::One(customer) => customer,
                Got::Superseded => continue,
                Got::Several => return Ok(EnsureOutcome::Ambiguous),
            };
            match self.claims.fulfil_intent(user, &customer, &intent, by, now).await? {
                CustomerOutcome::Set | CustomerOutcome::AlreadySet => {
                    self.describe(&customer, described).await;
                    return Ok(EnsureOutcome::Linked(customer));
                }
                // Somebody else got this very customer by a person's word: this user needs another one.
                CustomerOutcome::Taken => self.begin_next(user, &row, &intent, now).await?,
                CustomerOutcome::Differs | CustomerOutcome::Superseded => {}
                CustomerOutcome::NoUser => return Ok(EnsureOutcome::NoUser),
                CustomerOutcome::UserGone => return Ok(EnsureOutcome::UserGone),
            }
        }
        Err(StoreError::Unavailable { operation: "ensure", kind: "contended".to_owned() }.into())
    }

    /// The living row of the life that was met first: what was wished for one life is not done for the next.
    async fn living(
        &self,
        user: &UserId,
        life: &mut Option<Timestamp>,
    ) -> Result<Result<User, EnsureOutcome>, StoreError> {
        let Some(row) = self.users.by_id(user).await? else { return Ok(Err(EnsureOutcome::NoUser)) };
        let same = *life.get_or_insert(row.created_at) == row.created_at;
        Ok(if row.is_living() && same { Ok(row) } else { Err(EnsureOutcome::UserGone) })
    }

    async fn is_tied(&self, user: &UserId) -> Result<bool, StoreError> {
        Ok(self.users.by_id(user).await?.is_some_and(|row| row.stripe_customer_id.is_some()))
    }

    /// The customer of an intent: made, or made before.
    async fn got(&self, user: &UserId, row: &User, intent: &Intent, now: Timestamp) -> Result<Got, EnsureError> {
        match intent.verdict(row.created_at, now) {
            IntentVerdict::Replace => {
                self.begin_next(user, row, intent, now).await?;
                return Ok(Got::Superseded);
            }
            IntentVerdict::LookFirst => {}
            IntentVerdict::Join => {
                if let Made::Customer(customer) = self.stripe.create(user, &intent.key).await? {
                    return Ok(Got::One(customer));
                }
            }
        }
        let mut made = self.made_since(user, row, intent).await?;
        match (made.pop(), made.is_empty()) {
            (Some(customer), true) => Ok(Got::One(customer.id)),
            (Some(_), false) => Ok(Got::Several),
            // Nothing came of it: the next attempt has a key of its own.
            (None, _) => {
                self.begin_next(user, row, intent, now).await?;
                Ok(Got::Superseded)
            }
        }
    }

    /// Begins the attempt after this one, unless somebody else did.
    async fn begin_next(&self, user: &UserId, row: &User, intent: &Intent, now: Timestamp) -> Result<(), StoreError> {
        let next = Intent::next(user, row.created_at, self.stripe.environment(), Some(intent), now);
        self.claims.begin_intent(user, &next, Some(intent), now).await.map(drop)
    }

    /// The customers who name this user and can have come of this intent, or of this life's later ones; by a listing,
    /// which is never behind.
    async fn made_since(&self, user: &UserId, row: &User, intent: &Intent) -> Result<Vec<Customer>, ProviderError> {
        // Stripe's clock may be behind ours, but what was made before this life is nobody's.
        let since = intent.began_at.minus(CLOCKS_APART).max(row.created_at);
        let mut pages = std::pin::pin!(self.stripe.customers(Some(since)));
        let mut made: Vec<Customer> = Vec::new();
        while let Some(page) = pages.try_next().await? {
            made.extend(page.customers.into_iter().filter(|customer| customer.names(user)));
        }
        made.dedup_by(|one, other| one.id == other.id);
        Ok(made)
    }

    async fn describe(&self, customer: &StripeCustomer, Described { email, name }: Described<'_>) {
        if let Err(error) = self.stripe.describe(customer, email, name).await {
            tracing::warn!(%error, %customer, "a customer was tied, and its address was not told");
        }
    }
}

/// The customer that a row names.
fn standing(row: &User, user: &UserId) -> Result<Option<StripeCustomer>, StoreError> {
    let read = |text: &String| {
        let corrupt = || StoreError::Corrupt { key: user.to_string(), attribute: "stripe_customer_id" };
        text.parse().map_err(|_| corrupt())
    };
    row.stripe_customer_id.as_ref().map(read).transpose()
}
