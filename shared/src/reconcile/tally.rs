//! What a run counts while it goes.

use std::collections::BTreeMap;

use super::error::ReconcileError;
use super::finding::{Applied, Finding, Notice};
use crate::domain::Cause;
use crate::store::StoreError;

/// So many notices are named one by one; the rest is counted.
const NAMED: usize = 100;

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) counts: BTreeMap<&'static str, u64>,
    pub(super) outcomes: BTreeMap<&'static str, u64>,
    pub(super) notices: Vec<Notice>,
    pub(super) drift_left: u64,
    /// Drift that was mended, by cause.
    pub(super) repaired: BTreeMap<&'static str, u64>,
    pub(super) failures: u64,
    /// How many users were looked at since the last beginning, and how many of them failed by what an outage does.
    pub(super) judged: u64,
    pub(super) failed: u64,
}

impl Tally {
    /// Counts a finding: drift when its event should have arrived and nobody else mended it, a notice in any case.
    pub(super) fn count(&mut self, finding: &Finding) {
        let (cause, applied) = (finding.found.cause, finding.applied);
        self.tell(cause, finding.found.settled, applied);
        if cause == Cause::ErasedButListed {
            self.name(Notice { cause, user_id: finding.found.user_id(), linked_to: None });
        }
    }

    fn tell(&mut self, cause: Cause, settled: bool, applied: Applied) {
        if let Some(word) = applied.word() {
            *self.outcomes.entry(word).or_default() += 1;
        }
        let drift = cause.is_drift();
        if drift && (!settled || applied.too_late()) {
            return;
        }
        self.note(cause, 1);
        if drift && applied.mended() {
            *self.repaired.entry(cause.as_str()).or_default() += 1;
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

    /// Names somebody in the report, as far as there is room.
    pub(super) fn name(&mut self, notice: Notice) {
        if self.notices.len() < NAMED {
            self.notices.push(notice);
        }
    }

    /// One user failed. A row that cannot be read fails by itself, whatever works and whatever is out.
    pub(super) fn fail(&mut self, error: &ReconcileError) {
        self.failures += 1;
        self.failed += u64::from(!matches!(error, ReconcileError::Store(StoreError::Corrupt { .. })));
    }

    /// Begins to write what was only planned: the same users, and another question whether they fail.
    pub(super) fn begin_anew(&mut self) {
        (self.judged, self.failed) = (0, 0);
    }

    /// Whether so much fails that the run should end: errors on one user do not stop it, an outage does.
    pub(super) fn is_hopeless(&self) -> bool {
        self.failed >= 100 && self.failed * 2 > self.judged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LiftOutcome, Outcome, RepairOutcome};
    use crate::provider::{Call, ProviderError};

    fn counted(cause: Cause, settled: bool, applied: Applied) -> (u64, u64, u64) {
        let mut tally = Tally::default();
        tally.tell(cause, settled, applied);
        (tally.counts.values().sum(), tally.repaired.values().sum(), tally.drift_left)
    }

    #[test]
    fn only_settled_differences_that_nobody_else_mended_are_drift() {
        let created = Applied::Upserted(Outcome::Created);
        assert_eq!(counted(Cause::Missing, true, created), (1, 1, 0));
        assert_eq!(counted(Cause::Missing, true, Applied::Nothing), (1, 0, 1));
        assert_eq!(counted(Cause::Missing, true, Applied::Skipped), (1, 0, 1));
        assert_eq!(counted(Cause::Missing, false, created), (0, 0, 0));
        assert_eq!(counted(Cause::ProfileOlder, true, Applied::Upserted(Outcome::Stale)), (0, 0, 0));
        assert_eq!(counted(Cause::DeletedHere, true, Applied::Lifted(LiftOutcome::Refused)), (1, 0, 1));
    }

    /// The counts of a run that looked at so many users, of whom the last so many failed in this way.
    fn failed(judged: u64, failed: u64, error: &ReconcileError) -> Tally {
        let mut tally = Tally { judged, ..Tally::default() };
        (0..failed).for_each(|_| tally.fail(error));
        tally
    }

    #[test]
    fn a_run_is_hopeless_when_most_users_fail_but_not_for_rows_that_cannot_be_read() {
        let call = Call { provider: "clerk", operation: "read a user" };
        let out = ReconcileError::Provider(ProviderError::Unreachable { call, why: "no connection" });
        assert!(failed(199, 100, &out).is_hopeless());
        assert!(!failed(99, 99, &out).is_hopeless());
        assert!(!failed(200, 100, &out).is_hopeless());
        let corrupt = ReconcileError::Store(StoreError::Corrupt { key: "usr_a".to_owned(), attribute: "email" });
        let unreadable = failed(150, 150, &corrupt);
        assert_eq!((unreadable.is_hopeless(), unreadable.failures), (false, 150));
    }

    #[test]
    fn what_failed_while_it_was_planned_does_not_end_its_writing() {
        let out = ReconcileError::LeaseLost { holder: String::new() };
        let mut tally = failed(9_000, 3_000, &out);
        assert!(!tally.is_hopeless());
        tally.begin_anew();
        (tally.judged, tally.failed) = (tally.judged + 50, tally.failed + 40);
        assert_eq!((tally.is_hopeless(), tally.failures), (false, 3_000));
    }

    #[test]
    fn a_notice_is_counted_and_is_no_drift() {
        assert_eq!(counted(Cause::Patched, false, Applied::Repaired(RepairOutcome::Repaired)), (1, 0, 0));
        assert_eq!(counted(Cause::ErasedButListed, true, Applied::Renewed), (1, 0, 0));
    }
}
