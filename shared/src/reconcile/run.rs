//! A run from its start to its record.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use rand::RngExt;

use super::known::Known;
use super::tally::{Finding, Tally};
use crate::clock::{Clock, Timestamp};
use crate::domain::{Cause, UserId};
use crate::provider::{Listed, ProviderError, Readiness, Source, Summary, Way};
use crate::store::{Run, StoreError, SyncRuns, Users};
use crate::telemetry;

/// How many users are judged side by side.
const SIDE_BY_SIDE: usize = 16;
/// Up to this many orphans are asked for one by one; more of them say that the listing itself is in doubt.
const PROVABLE: usize = 1000;

/// What a run may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Report, and write nothing but the run's own record.
    Check,
    /// Write every difference.
    Apply,
}

impl Mode {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Apply => "apply",
        }
    }
}

/// Why a run ended before its end. What was applied by then stays, and the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The provider's listing failed, or cannot be complete.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The listing ended well, and yet is no listing of everybody.
    #[error("the provider named {named} users and counted {counted}: nothing follows from such a listing")]
    Incomplete {
        /// How many it named.
        named: u64,
        /// How many it counted, before or after.
        counted: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Most users failed, one by one.
    #[error("{failed} of {judged} users failed: the run was ended")]
    Hopeless {
        /// How many failed.
        failed: u64,
        /// How many were looked at.
        judged: u64,
    },
}

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
    /// Runs once, and records how it went, whether it went well or not.
    ///
    /// The future is boxed: a run is too deep a nest of streams to be part of its caller's.
    pub fn run(&self, mode: Mode) -> BoxFuture<'_, Result<Run, ReconcileError>> {
        Box::pin(self.run_recorded(mode))
    }

    async fn run_recorded(&self, mode: Mode) -> Result<Run, ReconcileError> {
        let started_at = self.clock.now();
        let mut run = Run {
            run_id: run_id(started_at),
            source: self.source.provider().as_str().to_owned(),
            mode: mode.as_str(),
            started_at: Some(started_at),
            status: "finished",
            ..Run::default()
        };
        let mut tally = Tally::default();
        let ended = self.pass(mode, &mut run.listed, &mut tally).await;
        let now = self.clock.now();
        run.took = now.since(started_at);
        run.in_step = ended.is_ok() && tally.drift_left == 0 && tally.failures == 0;
        self.measure(&run, &tally);
        (run.counts, run.outcomes, run.failures) = (tally.counts, tally.outcomes, tally.failures);
        if let Err(error) = &ended {
            run.status = "failed";
            run.error = Some(error.to_string());
        }
        let recorded = self.runs.record(&run, now).await;
        ended?;
        recorded?;
        Ok(run)
    }

    async fn pass(&self, mode: Mode, listed: &mut u64, tally: &mut Tally) -> Result<(), ReconcileError> {
        let mut known = Known::scan(&self.users, &self.source.provider()).await?;
        let listing_began = self.clock.now();
        let mut heard = Heard::default();
        let compared = self.compare(mode, &mut known, &mut heard, tally).await;
        *listed = heard.listed;
        tally.note(Cause::OddUser, heard.odd);
        compared?;
        if let Some(counted) = heard.summary.and_then(|summary| summary.missing_from()) {
            return Err(ReconcileError::Incomplete { named: heard.listed + heard.odd, counted });
        }
        self.orphans(mode, &known, listing_began, tally).await
    }

    /// Streams the provider's users past what is known, and judges those who seem to differ while the next page comes.
    async fn compare(
        &self,
        mode: Mode,
        known: &mut Known,
        heard: &mut Heard,
        tally: &mut Tally,
    ) -> Result<(), ReconcileError> {
        let Readiness::Ready(ready) = self.source.prepare(Way::Shortest).await? else { return Ok(()) };
        let differing = self.source.listing(ready).map_ok(|page| {
            heard.listed += page.users.len() as u64;
            heard.odd += u64::from(page.odd);
            heard.summary = page.summary;
            page.odd_named.iter().for_each(|identity| known.name(identity));
            let differing: Vec<Listed> = page.users.into_iter().filter(|user| differs(known, user)).collect();
            stream::iter(differing.into_iter().map(Ok))
        });
        let judged = differing.try_flatten().map(|user: Result<Listed, ProviderError>| async move {
            let user = user?;
            Ok::<_, ReconcileError>(self.judge(mode, &user).await)
        });
        let mut judged = pin!(judged.buffer_unordered(SIDE_BY_SIDE));
        while let Some(result) = judged.next().await {
            count(tally, result?)?;
        }
        Ok(())
    }

    /// Judged at the end of a complete listing only, reported, never deleted.
    async fn orphans(
        &self,
        mode: Mode,
        known: &Known,
        listing_began: Timestamp,
        tally: &mut Tally,
    ) -> Result<(), ReconcileError> {
        tally.note(Cause::Linked, known.linked_tombstones());
        let unnamed: Vec<UserId> = known.unnamed().collect();
        let prove = unnamed.len() <= PROVABLE;
        let judged =
            stream::iter(unnamed).map(|id| async move { self.judge_unnamed(mode, &id, listing_began, prove).await });
        let mut judged = pin!(judged.buffer_unordered(SIDE_BY_SIDE));
        while let Some(result) = judged.next().await {
            count(tally, result)?;
        }
        Ok(())
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
        telemetry::emit(&self.clock, &[("Source", &run.source), ("Mode", run.mode)], &metrics);
    }
}

/// What a listing said of itself.
#[derive(Default)]
struct Heard {
    listed: u64,
    odd: u64,
    summary: Option<Summary>,
}

fn differs(known: &mut Known, user: &Listed) -> bool {
    user.also_named.iter().for_each(|identity| known.link(identity));
    known.differs(&user.identity, &user.profile)
}

/// An error on one user is recorded, and does not stop the run.
fn count(tally: &mut Tally, result: Result<Option<Finding>, ReconcileError>) -> Result<(), ReconcileError> {
    tally.judged += 1;
    match result {
        Ok(finding) => finding.into_iter().for_each(|finding| tally.count(finding)),
        Err(error) => {
            tally.failures += 1;
            tracing::warn!(%error, "one user failed");
        }
    }
    if tally.is_hopeless() {
        return Err(ReconcileError::Hopeless { failed: tally.failures, judged: tally.judged });
    }
    Ok(())
}

/// A name that sorts by its start in ms, and that no two runs share.
fn run_id(started_at: Timestamp) -> String {
    format!("{started_at}-{:08x}", rand::rng().random::<u32>())
}
