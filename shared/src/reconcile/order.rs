//! What a run is asked for.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::Kind;

/// What a run may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Report, and write nothing but the run's own record.
    Check,
    /// Report, ask, and write what was approved.
    Sync,
    /// Write every difference.
    Apply,
}

impl Mode {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Sync => "sync",
            Self::Apply => "apply",
        }
    }
}

/// What a run is asked for. [`Order::new`] asks for the whole and for nothing dangerous.
#[derive(Clone, Debug)]
pub struct Order {
    /// What it may do.
    pub mode: Mode,
    /// Whether orphans are deleted, where every proof is there.
    pub delete_orphans: bool,
    /// Who runs; the same owner may take over from a run of theirs that died. Nobody else's name without one.
    pub owner: Option<String>,
    /// The listing that is being prepared already, as the run before told.
    pub resume: Option<String>,
    /// The kinds of writes that it may do; all of them without this.
    pub kinds: Option<BTreeSet<Kind>>,
    /// How many writes it may do; any number without this.
    pub most_writes: Option<u64>,
    /// How long it waits for a listing that the provider prepares, before it ends and tells how to go on.
    pub patience: Duration,
    /// When it must begin to stop.
    pub deadline: Option<Instant>,
    /// How often it renews its lease and its record; a lease that is not renewed holds for a minute.
    pub heartbeat: Duration,
}

impl Order {
    /// A whole run of this mode, which waits for listings and never deletes.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            delete_orphans: false,
            owner: None,
            resume: None,
            kinds: None,
            most_writes: None,
            patience: Duration::MAX,
            deadline: None,
            heartbeat: Duration::from_secs(15),
        }
    }

    pub(crate) fn allows(&self, kind: Kind) -> bool {
        let wanted = self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        wanted && (kind != Kind::Delete || self.delete_orphans)
    }
}
