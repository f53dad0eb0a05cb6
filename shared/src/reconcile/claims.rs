//! The audit of claims as a run: recorded, measured and stopped like the comparison with a provider. It writes nothing.

use std::collections::BTreeMap;
use std::sync::Mutex;

use futures_util::future::BoxFuture;

use super::error::ReconcileError;
use super::measure::Measured;
use super::order::{Mode, Order};
use super::running::{Flow, Running, Work, locked};
use super::stop::Stop;
use super::watch::Unwatched;
use crate::clock::Clock;
use crate::store::{Audit, Claims, Run, SyncRuns};

/// The name of this source in `SyncRuns` and in answers.
pub const CLAIMS: &str = "claims";

/// What an audit stands on.
pub struct ClaimsAudit {
    /// Both tables.
    pub claims: Claims,
    /// The record of runs.
    pub runs: SyncRuns,
    /// The time.
    pub clock: Clock,
}

impl ClaimsAudit {
    /// Reads both tables, and records what breaks their rule. It only ever checks, whatever mode is asked for: what is
    /// found is mended by a person (`spine audit claims --repair`).
    pub fn carry_out<'a>(&'a self, order: Order, stop: &'a Stop) -> BoxFuture<'a, Result<Run, ReconcileError>> {
        Box::pin(async move {
            let (order, seen) = (Order { mode: Mode::Check, ..order }, Mutex::new(Audit::default()));
            let reading = Reading { claims: &self.claims, clock: &self.clock, stop, seen: &seen };
            let (runs, clock) = (&self.runs, &self.clock);
            Running { source: CLAIMS, runs, clock, order: &order, stop, watch: &Unwatched }.carry_out(&reading).await
        })
    }
}

/// One reading of both tables.
struct Reading<'a> {
    claims: &'a Claims,
    clock: &'a Clock,
    stop: &'a Stop,
    seen: &'a Mutex<Audit>,
}

impl Work for Reading<'_> {
    fn go(&self) -> BoxFuture<'_, Result<Flow, ReconcileError>> {
        Box::pin(async move {
            let audit = tokio::select! {
                audit = self.claims.audit() => audit?,
                // It writes nothing, so it may end anywhere.
                () = self.stop.heard() => return Ok(Flow::Stopped),
            };
            *locked(self.seen) = audit;
            Ok(Flow::Complete)
        })
    }

    fn so_far(&self, run: &Run) -> Run {
        let audit = locked(self.seen);
        let mut counts = BTreeMap::new();
        for finding in &audit.findings {
            *counts.entry(finding.fault.as_str().to_owned()).or_default() += 1;
        }
        let listed = u64::try_from(audit.lasting).unwrap_or(u64::MAX);
        Run { seen_at: self.clock.now(), listed, counts, ..run.clone() }
    }

    fn measured(&self) -> Measured {
        let drift_left = u64::try_from(locked(self.seen).findings.len()).unwrap_or(u64::MAX);
        Measured { drift_left, repaired: BTreeMap::new() }
    }
}
