//! What is found between a user and the customers that have to do with them, and what became of it.

use std::fmt;

use crate::domain::{CustomerOutcome, LinkCause, StripeCustomer, Unproven, User, UserId};

/// Something that is not as it should be.
#[derive(Clone)]
pub struct LinkFound {
    /// What it is.
    pub cause: LinkCause,
    /// The user, if it is about one of ours.
    pub user_id: Option<UserId>,
    /// The customer: the one that is linked, or the one that names the user.
    pub customer: Option<StripeCustomer>,
    /// Other customers who name the user too.
    pub others: Vec<StripeCustomer>,
    /// Whether it is old enough to be drift.
    pub settled: bool,
    /// Why a missing link is not made without a person's word.
    pub unproven: Option<Unproven>,
    /// The row as it was read, strongly consistent.
    pub row: Option<User>,
}

/// Rows are personal: what is found is shown by its cause and its ids alone.
impl fmt::Debug for LinkFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkFound")
            .field("cause", &self.cause)
            .field("user_id", &self.user_id)
            .field("customer", &self.customer)
            .finish_non_exhaustive()
    }
}

impl LinkFound {
    /// Something about a user and a customer.
    pub(super) fn of(cause: LinkCause, user_id: Option<UserId>, customer: Option<StripeCustomer>) -> Self {
        Self { cause, user_id, customer, others: Vec::new(), settled: true, unproven: None, row: None }
    }

    /// Whether a run may write it.
    pub fn is_writable(&self) -> bool {
        self.cause == LinkCause::MissingLink && self.unproven.is_none()
    }
}

/// How something that was found ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkApplied {
    /// Nothing was to be written, or this run only checks.
    Nothing,
    /// The link, or why it was not made.
    Tied(CustomerOutcome),
    /// The customer is another one than the one that was listed, or gone.
    Moved,
}

impl LinkApplied {
    /// The word for it in answers, logs and metrics; none when nothing was written.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Tied(CustomerOutcome::Set) => Some("linked"),
            Self::Tied(CustomerOutcome::AlreadySet) => Some("already_linked"),
            Self::Tied(CustomerOutcome::Taken) => Some("taken"),
            Self::Tied(_) | Self::Moved => Some("moved"),
        }
    }

    /// Whether somebody else had linked it before we did: then nothing was missing.
    pub(super) fn too_late(self) -> bool {
        matches!(self, Self::Tied(CustomerOutcome::AlreadySet))
    }

    /// Whether it is gone now.
    pub(super) fn mended(self) -> bool {
        matches!(self, Self::Tied(CustomerOutcome::Set | CustomerOutcome::AlreadySet))
    }
}

/// What was found, and what became of it.
#[derive(Clone, Debug)]
pub struct LinkFinding {
    /// What was found.
    pub found: LinkFound,
    /// What was done.
    pub applied: LinkApplied,
}
