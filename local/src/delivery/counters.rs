//! What became of the messages.

use serde::Serialize;

/// At any moment `created + repeated = delivered + lost + failed + pending`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Messages that a change gave rise to.
    pub created: u64,
    /// Attempts: requests that were begun.
    pub sent: u64,
    /// Acknowledged with a 2xx, repeats counted too.
    pub delivered: u64,
    /// Never sent, by the fault.
    pub lost: u64,
    /// Extra copies, by the fault.
    pub repeated: u64,
    /// Given up after the last attempt.
    pub failed: u64,
    /// Attempts after a failed one.
    pub retried: u64,
    /// Waiting, under way, or between two attempts.
    pub pending: u64,
}
