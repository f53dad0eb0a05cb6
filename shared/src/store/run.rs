//! What is remembered of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Timestamp;

/// How a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It is under way, or it was killed.
    #[default]
    Running,
    /// It reached its end.
    Finished,
    /// It stopped before its end, and is to be run again.
    Unfinished,
    /// It ended with an error.
    Failed,
    /// Somebody else holds the lease: nothing was done, and nothing is recorded.
    Busy,
}

impl Status {
    const ALL: [Self; 5] = [Self::Running, Self::Finished, Self::Unfinished, Self::Failed, Self::Busy];

    /// The word for it in answers and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Unfinished => "unfinished",
            Self::Failed => "failed",
            Self::Busy => "busy",
        }
    }

    /// The status of a word, if it is one.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What a run did and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The run's name: its start, and a random part.
    pub run_id: String,
    /// The provider.
    pub source: String,
    /// `check`, `sync` or `apply`.
    pub mode: String,
    /// Who ran it.
    pub owner: String,
    /// When it began, ms.
    pub started_at: Timestamp,
    /// When it was last known to be alive, ms.
    pub seen_at: Timestamp,
    /// How it stands.
    pub status: Status,
    /// What it was at when it was last heard of.
    pub stage: String,
    /// Why it failed: a code and names, no values.
    pub error: Option<String>,
    /// Which proof lacked, so that orphans were not deleted though it was asked for.
    pub withheld: Option<String>,
    /// Whether no drift was left.
    pub in_step: bool,
    /// How many users the provider named.
    pub listed: u64,
    /// Drift and notices by cause.
    pub counts: BTreeMap<String, u64>,
    /// Writes by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Users whose comparison or repair failed.
    pub failures: u64,
    /// Users of whom nothing can be repaired and who are named in every report, the first hundred of them: a cause, a
    /// user's id, and for linked ones the other user's id.
    pub notices: Vec<(String, String, Option<String>)>,
    /// What to run again with, while the provider prepares its listing.
    pub resume: Option<String>,
    /// Who holds the lease, when it is busy.
    pub holder: Option<String>,
}

impl Run {
    /// How long it took, or has taken so far.
    pub fn took(&self) -> Duration {
        self.seen_at.since(self.started_at)
    }
}
