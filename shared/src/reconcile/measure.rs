//! The metrics of a run, for alarms and the dashboard: how it ended, and what was lost on the way, by cause.

use std::collections::BTreeMap;

use crate::clock::Clock;
use crate::store::{Run, Status};
use crate::telemetry;

/// What a run counted besides its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Drift that is still there.
    pub(crate) drift_left: u64,
    /// Drift that the run mended, by its cause: each is an event that was lost.
    pub(crate) repaired: BTreeMap<&'static str, u64>,
}

/// Tells the metrics: one line for the run, and one for each cause that was found.
///
/// `Finished` is told with its zero, so that a run which ended otherwise is seen beside one that never was.
pub(super) fn measure(clock: &Clock, run: &Run, measured: &Measured) {
    let finished = run.status == Status::Finished;
    let mut metrics = vec![
        ("Finished", u64::from(finished)),
        ("Listed", run.listed),
        ("Repairs", measured.repaired.values().sum()),
        ("DriftLeft", measured.drift_left),
        ("Orphans", run.counts.get("orphan").copied().unwrap_or(0)),
        ("Failures", run.failures),
        ("Seconds", run.took().as_secs()),
    ];
    // In seconds since 1970, so that a dashboard can say how long ago that was.
    metrics.extend(u64::try_from(run.seen_at.seconds()).ok().filter(|_| finished).map(|at| ("FinishedAt", at)));
    telemetry::emit(clock, &[("Source", &run.source), ("Mode", &run.mode)], &metrics);
    for (cause, found) in &run.counts {
        let repaired = measured.repaired.get(cause.as_str()).copied().unwrap_or(0);
        let metrics = [("Found", *found), ("Repaired", repaired)];
        telemetry::emit(clock, &[("Source", &run.source), ("Cause", cause)], &metrics);
    }
}
