//! What a run tells while it goes: to a log, to a terminal, or to nobody.

use futures_util::future::{BoxFuture, FutureExt, ready};

use super::finding::{Finding, Found};
use crate::store::Run;

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The provider prepares its listing.
    Preparing,
    /// Our own rows are read.
    Scanning,
    /// The provider's users are compared with them.
    Comparing,
    /// Rows that the listing did not name are looked at.
    Orphans,
    /// Users whose customers need a closer look are looked at.
    Links,
    /// What was approved is written.
    Applying,
}

impl Stage {
    /// The word for it in records and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Scanning => "scanning",
            Self::Comparing => "comparing",
            Self::Orphans => "orphans",
            Self::Links => "links",
            Self::Applying => "applying",
        }
    }
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// Rows, users or percent that are done.
    pub done: u64,
    /// How many there are in all, where somebody knows.
    pub of: Option<u64>,
}

/// Whoever follows a run. Every method may be left as it is.
pub trait Watch: Send + Sync {
    /// A run begins: it has its name, and its lease where it needs one.
    fn began(&self, run: &Run) {
        let _ = run;
    }

    /// A stage begins, or goes on.
    fn progress(&self, progress: Progress) {
        let _ = progress;
    }

    /// A user was found to differ, and what became of it is known.
    fn finding(&self, finding: &Finding) {
        let _ = finding;
    }

    /// Whether what was found is to be written; asked once, in [`super::Mode::Sync`] alone.
    fn approve<'a>(&'a self, plan: &'a [Found]) -> BoxFuture<'a, bool> {
        let _ = plan;
        ready(false).boxed()
    }
}

/// Nobody follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}
