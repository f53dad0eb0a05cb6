//! What a run counts while it goes.

use std::collections::BTreeMap;

use crate::domain::{Cause, LiftOutcome, Outcome, RepairOutcome};

/// How an applied difference ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// Nothing was to be written, or this run only checks.
    Nothing,
    /// An upsert.
    Upserted(Outcome),
    /// A proven repair.
    Repaired(RepairOutcome),
    /// A lift.
    Lifted(LiftOutcome),
}

impl Applied {
    fn word(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Upserted(outcome) => Some(outcome.as_str()),
            Self::Repaired(RepairOutcome::Repaired) => Some("repaired"),
            Self::Lifted(LiftOutcome::Lifted) => Some("lifted"),
            Self::Lifted(LiftOutcome::Refused) => Some("refused"),
            Self::Repaired(RepairOutcome::Moved) | Self::Lifted(LiftOutcome::Moved) => Some("moved"),
        }
    }

    /// Whether somebody else had mended it before we wrote: then no event was lost.
    fn too_late(self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Upserted(outcome) => !outcome.changed(),
            Self::Repaired(outcome) => outcome == RepairOutcome::Moved,
            Self::Lifted(outcome) => outcome == LiftOutcome::Moved,
        }
    }

    /// Whether the difference is gone now.
    fn mended(self) -> bool {
        !matches!(self, Self::Nothing | Self::Lifted(LiftOutcome::Refused))
    }
}

/// What was found about one user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finding {
    pub(super) cause: Cause,
    pub(super) settled: bool,
    pub(super) applied: Applied,
}

/// The counts of a run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) counts: BTreeMap<&'static str, u64>,
    pub(super) outcomes: BTreeMap<&'static str, u64>,
    pub(super) drift_left: u64,
    pub(super) repairs: u64,
    pub(super) failures: u64,
    pub(super) judged: u64,
}

impl Tally {
    /// Counts a finding: drift when its event should have arrived and nobody else mended it, a notice in any case.
    pub(super) fn count(&mut self, finding: Finding) {
        if let Some(word) = finding.applied.word() {
            *self.outcomes.entry(word).or_default() += 1;
        }
        let drift = finding.cause.is_drift();
        if drift && (!finding.settled || finding.applied.too_late()) {
            return;
        }
        self.note(finding.cause, 1);
        if drift && finding.applied.mended() {
            self.repairs += 1;
        } else if drift {
            self.drift_left += 1;
        }
    }

    /// Counts what is only noticed; nothing when there was none.
    pub(super) fn note(&mut self, cause: Cause, times: u64) {
        if times > 0 {
            *self.counts.entry(cause.as_str()).or_default() += times;
        }
    }

    /// Whether so much fails that the run should end: errors on one user do not stop it, an outage does.
    pub(super) fn is_hopeless(&self) -> bool {
        self.failures >= 100 && self.failures * 2 > self.judged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(cause: Cause, settled: bool, applied: Applied) -> (u64, u64, u64) {
        let mut tally = Tally::default();
        tally.count(Finding { cause, settled, applied });
        (tally.counts.values().sum(), tally.repairs, tally.drift_left)
    }

    #[test]
    fn only_settled_differences_that_nobody_else_mended_are_drift() {
        let created = Applied::Upserted(Outcome::Created);
        assert_eq!(counted(Cause::Missing, true, created), (1, 1, 0));
        assert_eq!(counted(Cause::Missing, true, Applied::Nothing), (1, 0, 1));
        assert_eq!(counted(Cause::Missing, false, created), (0, 0, 0));
        assert_eq!(counted(Cause::ProfileOlder, true, Applied::Upserted(Outcome::Stale)), (0, 0, 0));
        assert_eq!(counted(Cause::DeletedHere, true, Applied::Lifted(LiftOutcome::Refused)), (1, 0, 1));
    }

    #[test]
    fn a_notice_is_counted_and_is_no_drift() {
        assert_eq!(counted(Cause::Patched, false, Applied::Repaired(RepairOutcome::Repaired)), (1, 0, 0));
        assert_eq!(counted(Cause::ErasedButListed, true, Applied::Nothing), (1, 0, 0));
    }
}
