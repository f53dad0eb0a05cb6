//! What is known of a run while it goes, for its record.

use super::tally::Tally;

/// How a run stands between its start and its end.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) tally: Tally,
    /// How many users the provider named, each once.
    pub(super) listed: u64,
    pub(super) stage: &'static str,
    /// Which proof lacked, so that nobody was deleted.
    pub(super) withheld: Option<&'static str>,
    /// How many writes were begun.
    pub(super) writes: u64,
}
