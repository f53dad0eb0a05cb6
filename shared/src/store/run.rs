//! What is remembered of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Timestamp;

/// What a run did and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The run's name: its start, and a random part.
    pub run_id: String,
    /// The provider.
    pub source: String,
    /// `check` or `apply`.
    pub mode: &'static str,
    /// When it began, ms.
    pub started_at: Option<Timestamp>,
    /// How long it took, ms.
    pub took: Duration,
    /// `finished` or `failed`.
    pub status: &'static str,
    /// Why it failed: a code and names, no values.
    pub error: Option<String>,
    /// Whether no drift was left.
    pub in_step: bool,
    /// How many users the provider named.
    pub listed: u64,
    /// Drift and notices by cause.
    pub counts: BTreeMap<&'static str, u64>,
    /// Writes by outcome.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Users whose comparison or repair failed.
    pub failures: u64,
}
