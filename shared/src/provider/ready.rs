//! Before a listing: which way it goes, and whether it can be streamed yet.

use crate::clock::Timestamp;

/// Which way a listing is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    /// The one that suits the number of users.
    Shortest,
    /// The one without a limit of users, though it may take preparation.
    Unlimited,
    /// The listing that is being prepared already, by what [`Readiness::Preparing`] told of it.
    Resumed(&'a str),
}

/// Whether a listing can be streamed.
#[derive(Debug)]
pub enum Readiness {
    /// It can.
    Ready(Ready),
    /// The provider prepares it: ask again later, by [`Way::Resumed`].
    Preparing {
        /// What to ask again with, in this process or another.
        resume: String,
        /// How far it is, if the provider tells.
        percent: Option<u8>,
    },
}

/// A listing that can be streamed.
#[derive(Debug)]
pub struct Ready {
    /// Whoever came before this moment is in it.
    pub as_of: Timestamp,
    /// How many users it will name, if the provider tells.
    pub expected: Option<u64>,
    /// By which kind of requests it goes.
    pub(super) by: By,
}

/// By which kind of requests a listing goes.
#[derive(Debug)]
pub(super) enum By {
    /// Page by page.
    Pages,
    /// By the file of this export job.
    Export(String),
}
