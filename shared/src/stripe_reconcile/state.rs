//! What a run counts while it goes.

use std::collections::BTreeMap;

use super::found::LinkFinding;
use crate::domain::LinkCause;

/// So many are named one by one; the rest is counted.
const NAMED: usize = 100;

/// A cause, a user's id or nothing, and a customer's.
type Notice = (String, String, Option<String>);

/// How a run stands.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) counts: BTreeMap<&'static str, u64>,
    pub(super) outcomes: BTreeMap<&'static str, u64>,
    pub(super) notices: Vec<Notice>,
    /// How many customers the listing named.
    pub(super) listed: u64,
    pub(super) stage: &'static str,
    pub(super) drift_left: u64,
    /// Drift that was mended, by cause.
    pub(super) repaired: BTreeMap<&'static str, u64>,
    pub(super) failures: u64,
    pub(super) judged: u64,
    /// How many writes were begun.
    pub(super) writes: u64,
}

impl State {
    /// Counts a finding: drift when it is old enough and nobody else mended it, a notice in any case.
    pub(super) fn count(&mut self, LinkFinding { found, applied }: &LinkFinding) {
        self.judged += 1;
        if let Some(word) = applied.word() {
            *self.outcomes.entry(word).or_default() += 1;
        }
        let drift = found.cause.is_drift();
        if drift && (!found.settled || applied.too_late()) {
            return;
        }
        self.note(found.cause, 1);
        if drift && applied.mended() {
            *self.repaired.entry(found.cause.as_str()).or_default() += 1;
            return;
        }
        self.drift_left += u64::from(drift);
        if self.notices.len() < NAMED {
            let user = found.user_id.as_ref().map(ToString::to_string).unwrap_or_default();
            self.notices.push((
                found.cause.as_str().to_owned(),
                user,
                found.customer.as_ref().map(ToString::to_string),
            ));
        }
    }

    /// Counts what is only noticed; nothing when there was none.
    pub(super) fn note(&mut self, cause: LinkCause, times: u64) {
        if times > 0 {
            *self.counts.entry(cause.as_str()).or_default() += times;
        }
    }

    /// Whether so much fails that the run should end: errors on one user do not stop it, an outage does.
    pub(super) fn is_hopeless(&self) -> bool {
        self.failures >= 100 && self.failures * 2 > self.judged
    }
}
