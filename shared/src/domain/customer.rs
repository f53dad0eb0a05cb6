//! A Stripe customer beside our row: what ties them, and what stands between them.

use std::fmt;
use std::time::Duration;

use super::claim::StripeCustomer;
use super::facts::{Fact, email_key};
use super::identity::UserId;
use super::user::User;
use crate::clock::Timestamp;

/// A customer as Stripe tells. Its address and name are nobody's proof of anything.
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: StripeCustomer,
    /// What its `metadata.user_id` says, if it has one.
    pub user_id: Option<String>,
    /// Its address, as it stands there.
    pub email: Option<String>,
    /// Its name, as it stands there.
    pub name: Option<String>,
    /// When it was made: a whole second, somewhere in which that was.
    pub created_at: Timestamp,
    /// Whether it belongs to a simulation: listings leave such customers out.
    pub on_test_clock: bool,
}

/// Addresses and names are personal.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("id", &self.id).field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl Customer {
    /// The user whom its metadata name; `None` also where they name what is no id of ours.
    pub fn named(&self) -> Option<UserId> {
        self.user_id.as_deref().and_then(UserId::parse)
    }

    /// Whether its metadata name this user.
    pub fn names(&self, user: &UserId) -> bool {
        self.user_id.as_deref() == Some(user.as_str())
    }

    /// Whether it certainly was made after `moment`, or in it: its own time is cut to the second.
    fn made_since(&self, moment: Timestamp, to_the_second: bool) -> bool {
        let slack = if to_the_second { Duration::from_millis(999) } else { Duration::ZERO };
        self.created_at.plus(slack) >= moment
    }
}

/// Why a customer and a user are not as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkCause {
    /// One customer names a user who has none.
    MissingLink,
    /// The user's customer is deleted at Stripe, or never was there.
    Dangling,
    /// Several customers name one user.
    Duplicate,
    /// The customer names another user than the one who has it.
    Conflict,
    /// A customer without metadata has the address of a user who has none: a notice, for an address proves nothing.
    EmailOnlyMatch,
    /// The customer names a user who is unknown or deleted here: a notice, for books outlive users.
    Orphan,
    /// The customer has another address or name than its user: a notice, for people set their own for invoices.
    Drift,
    /// A customer with an id that is not Stripe's own: a notice, for it can be nobody's here.
    OddCustomer,
}

impl LinkCause {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::MissingLink,
        Self::Dangling,
        Self::Duplicate,
        Self::Conflict,
        Self::EmailOnlyMatch,
        Self::Orphan,
        Self::Drift,
        Self::OddCustomer,
    ];

    /// The word for it in answers, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingLink => "missing_link",
            Self::Dangling => "dangling",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::EmailOnlyMatch => "email_only_match",
            Self::Orphan => "orphan",
            Self::Drift => "drift",
            Self::OddCustomer => "odd_customer",
        }
    }

    /// Whether a link is missing or wrong. Notices are neither, and neither `inStep` nor an exit status follows them.
    pub fn is_drift(self) -> bool {
        !matches!(self, Self::EmailOnlyMatch | Self::Orphan | Self::Drift | Self::OddCustomer)
    }
}

/// What Stripe says of the customer whom a row names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked<'a> {
    /// The row names none.
    None,
    /// There is no such customer, or no more.
    Gone,
    /// It is there.
    There(&'a Customer),
    /// It is there, and was judged already.
    Judged,
}

/// What is wrong between a living row, the customer that it names, and the other customers who name its user.
pub fn link_causes(row: &User, linked: Linked<'_>, naming: usize) -> Vec<LinkCause> {
    let own = match linked {
        Linked::None if naming == 1 => Some(LinkCause::MissingLink),
        Linked::None | Linked::Judged => None,
        Linked::Gone => Some(LinkCause::Dangling),
        Linked::There(customer) if names_another(customer, row) => Some(LinkCause::Conflict),
        Linked::There(customer) => drifts(row, customer).then_some(LinkCause::Drift),
    };
    let others = match linked {
        Linked::None => naming > 1,
        Linked::Gone | Linked::There(_) | Linked::Judged => naming > 0,
    };
    own.into_iter().chain(others.then_some(LinkCause::Duplicate)).collect()
}

/// A customer without metadata names nobody, and so nobody else.
fn names_another(customer: &Customer, row: &User) -> bool {
    customer.user_id.is_some() && !customer.names(&row.identity.user_id())
}

/// Whether the customer has another address than the row, or none, or another name. What the row does not know is no
/// difference, and a customer without a name was perhaps never given one.
pub fn drifts(row: &User, customer: &Customer) -> bool {
    let key = |email: &str| email_key(email);
    let email = row.facts.text(Fact::Email).map(key);
    let other_email = email.is_some() && email != customer.email.as_deref().map(key);
    let other_name = match (row.facts.text(Fact::Name), &customer.name) {
        (Some(here), Some(there)) => here.trim() != there.trim(),
        _ => false,
    };
    other_email || other_name
}

/// Why a customer who names a user, alone, is not linked without a person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// Nobody knows when this life began.
    LifeUnknown,
    /// The customer was made before it, or may have been.
    EarlierLife,
}

impl Unproven {
    /// The word for it in answers and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LifeUnknown => "life_unknown",
            Self::EarlierLife => "earlier_life",
        }
    }
}

/// Whether the one customer who names this row's user belongs to this life of theirs.
///
/// A customer's time is cut to the second. Where a subject can come again, one of the very second in which this life
/// began may be of the life before; a subject that never comes again has no life before.
pub fn may_link(row: &User, customer: &Customer) -> Result<(), Unproven> {
    let began = row.provider_created_at.ok_or(Unproven::LifeUnknown)?;
    let since_birth = customer.made_since(began, !row.identity.provider().reuses_subjects());
    // What a tombstone had claimed does not come back by itself when it is lifted.
    let since_lift = row.lives_since.is_none_or(|since| customer.made_since(since, false));
    if since_birth && since_lift { Ok(()) } else { Err(Unproven::EarlierLife) }
}

#[cfg(test)]
mod tests;
