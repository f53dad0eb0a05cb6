//! A reconcile of a provider's users.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::error::ReconcileError;
use super::measure::Measured;
use super::order::{Mode, Order};
use super::pass::Pass;
use super::running::{Flow, Running, Work, locked};
use super::state::State;
use super::stop::Stop;
use super::watch::{Unwatched, Watch};
use crate::clock::Clock;
use crate::provider::Source;
use crate::store::{Run, SyncRuns, Users};

/// What a run stands on.
pub struct Reconciler {
    /// The table.
    pub users: Users,
    /// The record of runs.
    pub runs: SyncRuns,
    /// The provider.
    pub source: Source,
    /// How old a change must be before its absence here is drift.
    pub settle: Duration,
    /// The time.
    pub clock: Clock,
}

impl Reconciler {
    /// A whole run of this mode, that nobody follows and nobody stops.
    pub fn run(&self, mode: Mode) -> BoxFuture<'_, Result<Run, ReconcileError>> {
        Box::pin(async move { self.carry_out(&Order::new(mode), &Stop::new(), &Unwatched).await })
    }

    /// Runs once, and records how it went, whether it went well or not. One run a source writes at a time: whoever comes
    /// second is [`crate::store::Status::Busy`].
    ///
    /// The future is boxed: a run is too deep a nest of streams to be part of its caller's.
    pub fn carry_out<'a>(
        &'a self,
        order: &'a Order,
        stop: &'a Stop,
        watch: &'a dyn Watch,
    ) -> BoxFuture<'a, Result<Run, ReconcileError>> {
        Box::pin(async move {
            let (provider, state) = (self.source.provider(), Mutex::new(State::default()));
            let pass = Pass { it: self, order, stop, watch, state: &state };
            let (source, runs, clock) = (provider.as_str(), &self.runs, &self.clock);
            Running { source, runs, clock, order, stop, watch }.carry_out(&pass).await
        })
    }
}

impl Work for Pass<'_> {
    fn go(&self) -> BoxFuture<'_, Result<Flow, ReconcileError>> {
        Box::pin(self.pass())
    }

    fn so_far(&self, run: &Run) -> Run {
        let state = locked(self.state).clone();
        let owned = |counts: &std::collections::BTreeMap<&'static str, u64>| {
            counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        let notices = state.tally.notices.iter().map(|notice| {
            let linked_to = notice.linked_to.as_ref().map(ToString::to_string);
            (notice.cause.as_str().to_owned(), notice.user_id.to_string(), linked_to)
        });
        Run {
            seen_at: self.it.clock.now(),
            stage: state.stage.to_owned(),
            listed: state.listed,
            counts: owned(&state.tally.counts),
            outcomes: owned(&state.tally.outcomes),
            failures: state.tally.failures,
            notices: notices.collect(),
            withheld: state.withheld.map(str::to_owned),
            ..run.clone()
        }
    }

    fn measured(&self) -> Measured {
        let tally = &locked(self.state).tally;
        Measured { drift_left: tally.drift_left, repaired: tally.repaired.clone() }
    }
}
