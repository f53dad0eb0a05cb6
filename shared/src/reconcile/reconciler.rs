//! A run from its lease to its record.

use std::future::pending;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::BoxFuture;
use rand::RngExt;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::error::ReconcileError;
use super::hold::hold;
use super::order::{Mode, Order};
use super::pass::{Flow, Pass};
use super::state::State;
use super::stop::{Stop, Why};
use super::tally::Tally;
use super::watch::{Unwatched, Watch};
use crate::clock::{Clock, Timestamp, instant};
use crate::domain::Cause;
use crate::provider::Source;
use crate::store::{Lease, Run, Status, SyncRuns, Users};
use crate::telemetry;

/// The lease and the record are asked for again at the next beat: no answer of theirs is waited for longer.
const ANSWERED: Duration = Duration::from_secs(10);
/// What is on its way at the deadline may take this long; then it is let go, for each write stands by itself.
const FINISHING: Duration = Duration::from_secs(30);

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
    /// second is [`Status::Busy`].
    ///
    /// The future is boxed: a run is too deep a nest of streams to be part of its caller's.
    pub fn carry_out<'a>(
        &'a self,
        order: &'a Order,
        stop: &'a Stop,
        watch: &'a dyn Watch,
    ) -> BoxFuture<'a, Result<Run, ReconcileError>> {
        Box::pin(self.leased(order, stop, watch))
    }

    async fn leased(&self, order: &Order, stop: &Stop, watch: &dyn Watch) -> Result<Run, ReconcileError> {
        let run = self.beginning(order);
        if order.mode == Mode::Check {
            return self.recorded(order, stop, watch, run, None).await;
        }
        let asked = instant();
        let (source, owner, run_id) = (run.source.clone(), run.owner.clone(), run.run_id.clone());
        let lease = Lease { source, owner, run_id };
        if let Err(holder) = self.runs.take(&lease, run.started_at).await? {
            tracing::info!(source = run.source, holder, "busy: somebody else runs");
            return Ok(Run { status: Status::Busy, holder: Some(holder), ..run });
        }
        let ended = self.recorded(order, stop, watch, run, Some((&lease, asked))).await;
        // An owner who was named comes again for the rest, and nobody shall come in between.
        let comes_again = matches!(&ended, Ok(run) if run.status == Status::Unfinished) && order.owner.is_some();
        if comes_again && stop.told() != Some(Why::Asked) {
            let _ = self.runs.renew(&lease, self.clock.now()).await?;
        } else {
            self.runs.release(&lease).await?;
        }
        ended
    }

    fn beginning(&self, order: &Order) -> Run {
        let started_at = self.clock.now();
        let run_id = run_id(started_at);
        Run {
            owner: order.owner.clone().unwrap_or_else(|| run_id.clone()),
            run_id,
            source: self.source.provider().as_str().to_owned(),
            mode: order.mode.as_str().to_owned(),
            started_at,
            seen_at: started_at,
            ..Run::default()
        }
    }

    async fn recorded(
        &self,
        order: &Order,
        stop: &Stop,
        watch: &dyn Watch,
        run: Run,
        lease: Option<(&Lease, Instant)>,
    ) -> Result<Run, ReconcileError> {
        self.runs.record(&run).await?;
        watch.began(&run);
        let (state, holder) = (Mutex::new(State::default()), Mutex::new(None));
        let pass = Pass { it: self, order, stop, watch, state: &state };
        let mut ended = tokio::select! {
            ended = pass.go() => ended,
            () = out_of_time(order, stop) => Ok(Flow::Stopped),
            never = self.keep_alive(&pass, &run, lease, &holder) => match never {},
        };
        if let (Ok(Flow::Stopped), Some(Why::LeaseLost)) = (&ended, stop.told()) {
            let holder = locked(&holder).take().unwrap_or_else(|| "nobody".to_owned());
            ended = Err(ReconcileError::LeaseLost { holder });
        }
        let state = locked(&state).clone();
        let mut run = self.so_far(&run, &state);
        match &ended {
            Ok(Flow::Complete) => run.status = Status::Finished,
            Ok(Flow::Stopped) => run.status = Status::Unfinished,
            Ok(Flow::Preparing(resume)) => {
                (run.status, run.resume) = (Status::Unfinished, Some(resume.clone()));
            }
            Err(error) => (run.status, run.error) = (Status::Failed, Some(error.to_string())),
        }
        run.in_step = run.status == Status::Finished && state.tally.drift_left == 0 && run.failures == 0;
        self.measure(&run, &state.tally);
        let recorded = self.runs.record(&run).await;
        ended?;
        recorded?;
        Ok(run)
    }

    /// Renews the lease and the record while the run goes, and says stop when its lease is gone.
    async fn keep_alive(
        &self,
        pass: &Pass<'_>,
        run: &Run,
        lease: Option<(&Lease, Instant)>,
        holder: &Mutex<Option<String>>,
    ) -> std::convert::Infallible {
        let Some((lease, asked)) = lease else {
            loop {
                self.beat(pass, run, None, holder).await;
            }
        };
        hold(asked, || self.beat(pass, run, Some(lease), holder)).await;
        pass.stop.tell(Why::LeaseLost);
        pending().await
    }

    /// One renewal of the lease and of the record; says when it asked for the lease, if it got it.
    async fn beat(
        &self,
        pass: &Pass<'_>,
        run: &Run,
        lease: Option<&Lease>,
        holder: &Mutex<Option<String>>,
    ) -> Option<Instant> {
        sleep(pass.order.heartbeat).await;
        let renewed = match lease {
            Some(lease) => self.renewed(pass.stop, lease, holder).await,
            None => None,
        };
        let state = locked(pass.state).clone();
        match timeout(ANSWERED, self.runs.record(&self.so_far(run, &state))).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "where the run stands was not recorded"),
            Err(_) => tracing::warn!("where the run stands was not recorded in time"),
        }
        renewed
    }

    /// Renews the lease, and says when it asked for that; nothing when it is not renewed, and stop when it is another's.
    async fn renewed(&self, stop: &Stop, lease: &Lease, holder: &Mutex<Option<String>>) -> Option<Instant> {
        let asked = instant();
        match timeout(ANSWERED, self.runs.renew(lease, self.clock.now())).await {
            Ok(Ok(Ok(()))) => return Some(asked),
            Ok(Ok(Err(other))) => {
                locked(holder).replace(other);
                stop.tell(Why::LeaseLost);
            }
            Ok(Err(error)) => tracing::warn!(%error, "the lease was not renewed"),
            Err(_) => tracing::warn!("the lease was not renewed in time"),
        }
        None
    }

    /// The record of a run as it stands now.
    fn so_far(&self, run: &Run, state: &State) -> Run {
        let owned = |counts: &std::collections::BTreeMap<&'static str, u64>| {
            counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        let notices = state.tally.notices.iter().map(|notice| {
            let linked_to = notice.linked_to.as_ref().map(ToString::to_string);
            (notice.cause.as_str().to_owned(), notice.user_id.to_string(), linked_to)
        });
        Run {
            seen_at: self.clock.now(),
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

    fn measure(&self, run: &Run, tally: &Tally) {
        let orphans = tally.counts.get(Cause::Orphan.as_str()).copied().unwrap_or(0);
        let metrics = [
            ("Listed", run.listed),
            ("Repairs", tally.repairs),
            ("DriftLeft", tally.drift_left),
            ("Orphans", orphans),
            ("Failures", tally.failures),
        ];
        telemetry::emit(&self.clock, &[("Source", &run.source), ("Mode", &run.mode)], &metrics);
    }
}

/// Says stop at the deadline, and ends when what was on its way then has had its time.
async fn out_of_time(order: &Order, stop: &Stop) {
    let Some(deadline) = order.deadline else { return pending().await };
    sleep_until(deadline).await;
    stop.tell(Why::Deadline);
    sleep(FINISHING).await;
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A name that sorts by its start in ms, and that no two runs share.
fn run_id(started_at: Timestamp) -> String {
    format!("{started_at}-{:08x}", rand::rng().random::<u32>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_on_its_way_at_the_deadline_has_a_time_of_its_own_and_no_more() {
        let (began, stop) = (instant(), Stop::new());
        let deadline = Some(began + Duration::from_secs(60));
        let order = Order { deadline, ..Order::new(Mode::Apply) };
        let told = async {
            stop.heard().await;
            (began.elapsed(), stop.told())
        };
        let ((), told) = tokio::join!(out_of_time(&order, &stop), told);
        assert_eq!(told, (Duration::from_secs(60), Some(Why::Deadline)));
        assert_eq!(began.elapsed(), Duration::from_secs(90));
    }
}
