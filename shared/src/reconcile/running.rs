//! A run from its lease to its record, whatever is compared in between.

use std::future::pending;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::BoxFuture;
use rand::RngExt;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::error::ReconcileError;
use super::hold::hold;
use super::measure::{Measured, measure};
use super::order::{Mode, Order};
use super::stop::{Stop, Why};
use super::watch::Watch;
use crate::clock::{Clock, Timestamp, instant};
use crate::store::{Lease, Run, Status, SyncRuns};

/// The lease and the record are asked for again at the next beat: no answer of theirs is waited for longer.
const ANSWERED: Duration = Duration::from_secs(10);
/// What is on its way at the deadline may take this long; then it is let go, for each write stands by itself.
const FINISHING: Duration = Duration::from_secs(30);

/// How a pass ended that met no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Everybody was compared.
    Complete,
    /// Somebody said stop.
    Stopped,
    /// The provider still prepares its listing.
    Preparing(String),
}

/// What a run does between its lease and its record.
pub(crate) trait Work: Sync {
    /// From the first request to the last write, or to the word to stop.
    fn go(&self) -> BoxFuture<'_, Result<Flow, ReconcileError>>;
    /// The record of the run as it stands now.
    fn so_far(&self, run: &Run) -> Run;
    /// What it counted besides.
    fn measured(&self) -> Measured;
}

/// A run of one source, and what it is asked for.
pub(crate) struct Running<'a> {
    pub(crate) source: &'a str,
    pub(crate) runs: &'a SyncRuns,
    pub(crate) clock: &'a Clock,
    pub(crate) order: &'a Order,
    pub(crate) stop: &'a Stop,
    pub(crate) watch: &'a dyn Watch,
}

impl Running<'_> {
    /// Carries the work out, under the source's lease unless it only checks, and records how it went.
    pub(crate) async fn carry_out(&self, work: &dyn Work) -> Result<Run, ReconcileError> {
        let (order, run) = (self.order, self.beginning());
        if order.mode == Mode::Check {
            return self.recorded(work, run, None).await;
        }
        let asked = instant();
        let (source, owner, run_id) = (run.source.clone(), run.owner.clone(), run.run_id.clone());
        let lease = Lease { source, owner, run_id };
        if let Err(holder) = self.runs.take(&lease, run.started_at).await? {
            tracing::info!(source = run.source, holder, "busy: somebody else runs");
            return Ok(Run { status: Status::Busy, holder: Some(holder), ..run });
        }
        let ended = self.recorded(work, run, Some((&lease, asked))).await;
        // An owner who was named comes again for the rest, and nobody shall come in between.
        let comes_again = matches!(&ended, Ok(run) if run.status == Status::Unfinished) && order.owner.is_some();
        if comes_again && self.stop.told() != Some(Why::Asked) {
            let _ = self.runs.renew(&lease, self.clock.now()).await?;
        } else {
            self.runs.release(&lease).await?;
        }
        ended
    }

    fn beginning(&self) -> Run {
        let started_at = self.clock.now();
        let run_id = run_id(started_at);
        Run {
            owner: self.order.owner.clone().unwrap_or_else(|| run_id.clone()),
            run_id,
            source: self.source.to_owned(),
            mode: self.order.mode.as_str().to_owned(),
            started_at,
            seen_at: started_at,
            ..Run::default()
        }
    }

    async fn recorded(
        &self,
        work: &dyn Work,
        run: Run,
        lease: Option<(&Lease, Instant)>,
    ) -> Result<Run, ReconcileError> {
        self.runs.record(&run).await?;
        self.watch.began(&run);
        let holder = Mutex::new(None);
        let mut ended = tokio::select! {
            ended = work.go() => ended,
            () = out_of_time(self.order, self.stop) => Ok(Flow::Stopped),
            never = self.keep_alive(work, &run, lease, &holder) => match never {},
        };
        if let (Ok(Flow::Stopped), Some(Why::LeaseLost)) = (&ended, self.stop.told()) {
            let holder = locked(&holder).take().unwrap_or_else(|| "nobody".to_owned());
            ended = Err(ReconcileError::LeaseLost { holder });
        }
        let mut run = work.so_far(&run);
        match &ended {
            Ok(Flow::Complete) => run.status = Status::Finished,
            Ok(Flow::Stopped) => run.status = Status::Unfinished,
            Ok(Flow::Preparing(resume)) => {
                (run.status, run.resume) = (Status::Unfinished, Some(resume.clone()));
            }
            Err(error) => (run.status, run.error) = (Status::Failed, Some(error.to_string())),
        }
        let measured = work.measured();
        run.in_step = run.status == Status::Finished && measured.drift_left == 0 && run.failures == 0;
        measure(self.clock, &run, &measured);
        let recorded = self.runs.record(&run).await;
        ended?;
        recorded?;
        Ok(run)
    }

    /// Renews the lease and the record while the run goes, and says stop when its lease is gone.
    async fn keep_alive(
        &self,
        work: &dyn Work,
        run: &Run,
        lease: Option<(&Lease, Instant)>,
        holder: &Mutex<Option<String>>,
    ) -> std::convert::Infallible {
        let Some((lease, asked)) = lease else {
            loop {
                self.beat(work, run, None, holder).await;
            }
        };
        hold(asked, || self.beat(work, run, Some(lease), holder)).await;
        self.stop.tell(Why::LeaseLost);
        pending().await
    }

    /// One renewal of the lease and of the record; says when it asked for the lease, if it got it.
    async fn beat(
        &self,
        work: &dyn Work,
        run: &Run,
        lease: Option<&Lease>,
        holder: &Mutex<Option<String>>,
    ) -> Option<Instant> {
        sleep(self.order.heartbeat).await;
        let renewed = match lease {
            Some(lease) => self.renewed(lease, holder).await,
            None => None,
        };
        match timeout(ANSWERED, self.runs.record(&work.so_far(run))).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "where the run stands was not recorded"),
            Err(_) => tracing::warn!("where the run stands was not recorded in time"),
        }
        renewed
    }

    /// Renews the lease, and says when it asked for that; nothing when it is not renewed, and stop when it is another's.
    async fn renewed(&self, lease: &Lease, holder: &Mutex<Option<String>>) -> Option<Instant> {
        let asked = instant();
        match timeout(ANSWERED, self.runs.renew(lease, self.clock.now())).await {
            Ok(Ok(Ok(()))) => return Some(asked),
            Ok(Ok(Err(other))) => {
                locked(holder).replace(other);
                self.stop.tell(Why::LeaseLost);
            }
            Ok(Err(error)) => tracing::warn!(%error, "the lease was not renewed"),
            Err(_) => tracing::warn!("the lease was not renewed in time"),
        }
        None
    }
}

/// Says stop at the deadline, and ends when what was on its way then has had its time.
async fn out_of_time(order: &Order, stop: &Stop) {
    let Some(deadline) = order.deadline else { return pending().await };
    sleep_until(deadline).await;
    stop.tell(Why::Deadline);
    sleep(FINISHING).await;
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
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
