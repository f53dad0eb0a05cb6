//! How a write ended. Losing a race is one of the ends.

/// How an upsert ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// There was no row.
    Created,
    /// Facts changed.
    Updated,
    /// The row knew all of it.
    Unchanged,
    /// The row knows something newer.
    Stale,
    /// The row is a tombstone, and stays one.
    Deleted,
    /// A new life began under the same identity.
    Reborn,
}

impl Outcome {
    /// The word for it in answers, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Stale => "stale",
            Self::Deleted => "deleted",
            Self::Reborn => "reborn",
        }
    }

    /// Whether the row says something else than before.
    pub fn changed(self) -> bool {
        matches!(self, Self::Created | Self::Updated | Self::Reborn)
    }
}

/// How a deletion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeleteOutcome {
    /// The row is a tombstone of this deletion now.
    Deleted,
    /// The row knows a later life, a proof of life, or this deletion already.
    Stale,
}

impl DeleteOutcome {
    /// The word for it in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Stale => "stale",
        }
    }
}

/// How a proven repair ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairOutcome {
    /// The proven profile stands.
    Repaired,
    /// The row has moved since it was read: somebody newer wrote it.
    Moved,
}

/// How the lift of a tombstone ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiftOutcome {
    /// The person is back, without the old claims.
    Lifted,
    /// The row has moved since it was read.
    Moved,
    /// The proof does not lift this tombstone: it is erased, or ended after the proof.
    Refused,
}
