//! What is found about one user, before and after something is done about it.

use std::fmt;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::domain::{Cause, DeleteOutcome, Fact, Identity, LiftOutcome, Outcome, Profile, RepairOutcome};
use crate::domain::{User, UserId};

/// An erased user's tombstone is renewed when less than this is left of it.
const RENEWED_BEFORE: Duration = Duration::from_secs(7 * 86_400);

/// A difference, with all that it takes to mend it.
#[derive(Clone)]
pub struct Found {
    /// Why it differs.
    pub cause: Cause,
    /// Whose it is.
    pub identity: Identity,
    /// Whether it is old enough to be drift.
    pub settled: bool,
    /// The row as it was read, strongly consistent.
    pub row: Option<User>,
    /// What the provider says; nothing of an orphan.
    pub profile: Option<Profile>,
    /// When the provider said so of this one user, if it was asked.
    pub proved_at: Option<Timestamp>,
}

/// Facts and profiles are personal: what differs is shown by its cause alone.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("cause", &self.cause).field("user_id", &self.user_id()).finish_non_exhaustive()
    }
}

impl Found {
    /// The row that it is about.
    pub fn user_id(&self) -> UserId {
        self.identity.user_id()
    }

    /// The facts that would change: what stands here, and what the provider says. Both are personal values.
    pub fn changes(&self) -> impl Iterator<Item = (Fact, Option<&str>, Option<&str>)> {
        let before = self.row.as_ref().map(|row| &row.facts);
        let after = self.profile.as_ref().map(Profile::facts);
        let all = Fact::ALL.into_iter().map(move |fact| {
            (fact, before.and_then(|facts| facts.text(fact)), after.and_then(|facts| facts.text(fact)))
        });
        all.filter(|(_, before, after)| before != after)
    }

    /// Whether the row is a tombstone that soon may go.
    pub(super) fn ends_soon(&self, now: Timestamp) -> bool {
        let expires_at = self.row.as_ref().and_then(|row| row.tombstone?.expires_at);
        expires_at.is_some_and(|expires_at| expires_at < now.plus(RENEWED_BEFORE))
    }

    /// When the person was last seen here: by a login, or by a profile as of its observation.
    pub fn last_seen_at(&self) -> Option<Timestamp> {
        let row = self.row.as_ref()?;
        let observed = row.profile_version.map(|version| version.observed_at);
        [Some(row.created_at), row.last_active_at, observed].into_iter().flatten().max()
    }
}

/// How an applied difference ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing was to be written, or this run only checks.
    Nothing,
    /// An upsert.
    Upserted(Outcome),
    /// A proven repair.
    Repaired(RepairOutcome),
    /// A lift.
    Lifted(LiftOutcome),
    /// The end of an orphan.
    Deleted(DeleteOutcome),
    /// An erased user's tombstone stays longer.
    Renewed,
    /// The row is another one than the one that was shown.
    Skipped,
}

impl Applied {
    /// The word for it in answers, logs and metrics; none when nothing was written.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Upserted(outcome) => Some(outcome.as_str()),
            Self::Repaired(RepairOutcome::Repaired) => Some("repaired"),
            Self::Lifted(LiftOutcome::Lifted) => Some("lifted"),
            Self::Lifted(LiftOutcome::Refused) => Some("refused"),
            Self::Repaired(RepairOutcome::Moved) | Self::Lifted(LiftOutcome::Moved) | Self::Skipped => Some("moved"),
            Self::Deleted(outcome) => Some(outcome.as_str()),
            Self::Renewed => Some("renewed"),
        }
    }

    /// Whether somebody else had mended it before we wrote: then no event was lost.
    pub(super) fn too_late(self) -> bool {
        match self {
            Self::Nothing | Self::Renewed | Self::Skipped => false,
            Self::Upserted(outcome) => !outcome.changed(),
            Self::Repaired(outcome) => outcome == RepairOutcome::Moved,
            Self::Lifted(outcome) => outcome == LiftOutcome::Moved,
            Self::Deleted(outcome) => outcome == DeleteOutcome::Stale,
        }
    }

    /// Whether the difference is gone now.
    pub(super) fn mended(self) -> bool {
        !matches!(self, Self::Nothing | Self::Skipped | Self::Lifted(LiftOutcome::Refused))
    }
}

/// What was found about one user, and what became of it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was found.
    pub found: Found,
    /// What was done.
    pub applied: Applied,
}

/// A notice of somebody who is not drift, for a report that names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// Which notice.
    pub(super) cause: Cause,
    /// The row.
    pub(super) user_id: UserId,
    /// The other user, whose identities name this one.
    pub(super) linked_to: Option<UserId>,
}
