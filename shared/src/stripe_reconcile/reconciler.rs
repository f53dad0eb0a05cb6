//! A reconcile of users' customers at Stripe.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::pass::Pass;
use super::state::State;
use super::watch::{LinkWatch, UnwatchedLinks};
use crate::clock::Clock;
use crate::provider::Stripe;
use crate::reconcile::{Flow, Measured, Mode, Order, ReconcileError, Running, Stop, Work, locked};
use crate::store::{Claims, Run, SyncRuns, Users};

/// The name of this source in `SyncRuns`, in answers and on the command line.
pub const STRIPE: &str = "stripe";

/// What a run stands on.
pub struct StripeReconciler {
    /// The rows.
    pub users: Users,
    /// The links.
    pub claims: Claims,
    /// The record of runs.
    pub runs: SyncRuns,
    /// Stripe.
    pub stripe: Stripe,
    /// How old a customer must be before a missing link to it is drift.
    pub settle: Duration,
    /// The time.
    pub clock: Clock,
}

impl StripeReconciler {
    /// A whole run of this mode, that nobody follows and nobody stops.
    pub fn run(&self, mode: Mode) -> BoxFuture<'_, Result<Run, ReconcileError>> {
        Box::pin(async move { self.carry_out(&Order::new(mode), &Stop::new(), &UnwatchedLinks).await })
    }

    /// Runs once, and records how it went, whether it went well or not. One run writes at a time: whoever comes second
    /// is [`crate::store::Status::Busy`].
    pub fn carry_out<'a>(
        &'a self,
        order: &'a Order,
        stop: &'a Stop,
        watch: &'a dyn LinkWatch,
    ) -> BoxFuture<'a, Result<Run, ReconcileError>> {
        Box::pin(async move {
            let state = Mutex::new(State::default());
            let pass = Pass { it: self, order, stop, watch, state: &state };
            let (runs, clock) = (&self.runs, &self.clock);
            Running { source: STRIPE, runs, clock, order, stop, watch }.carry_out(&pass).await
        })
    }
}

impl Work for Pass<'_> {
    fn go(&self) -> BoxFuture<'_, Result<Flow, ReconcileError>> {
        Box::pin(self.pass())
    }

    fn so_far(&self, run: &Run) -> Run {
        let state = locked(self.state).clone();
        let owned = |counts: &BTreeMap<&'static str, u64>| {
            counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        Run {
            seen_at: self.it.clock.now(),
            stage: state.stage.to_owned(),
            listed: state.listed,
            counts: owned(&state.counts),
            outcomes: owned(&state.outcomes),
            failures: state.failures,
            notices: state.notices,
            ..run.clone()
        }
    }

    fn measured(&self) -> Measured {
        let state = locked(self.state);
        Measured { drift_left: state.drift_left, repaired: state.repaired.clone() }
    }
}
