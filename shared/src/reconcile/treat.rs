//! What becomes of one difference: written, shown first, or only counted.

use futures_util::future::join_all;

use super::error::ReconcileError;
use super::finding::{Applied, Finding, Found};
use super::order::Mode;
use super::pass::{Pass, SIDE_BY_SIDE};
use super::plan::Plan;
use super::watch::Stage;
use crate::domain::Cause;
use crate::provider::Listed;

/// What one user's treatment brought.
pub(super) enum Treated {
    /// Nothing differs.
    InStep,
    /// It is done, or not to be done.
    Done(Finding),
    /// It waits for approval.
    Planned(Found),
}

impl Pass<'_> {
    /// A listed user whose row seems to differ.
    pub(super) async fn treat(&self, listed: &Listed) -> Result<Treated, ReconcileError> {
        match self.it.judge(listed).await? {
            Some(found) => self.found(found).await,
            None => Ok(Treated::InStep),
        }
    }

    /// Writes a difference that was found just now, if this run may.
    pub(super) async fn found(&self, found: Found) -> Result<Treated, ReconcileError> {
        let allowed = match found.cause {
            // Whatever kinds are asked for: an erased user whose tombstone ends would come back.
            Cause::ErasedButListed => found.ends_soon(self.it.clock.now()),
            cause => cause.kind().is_some_and(|kind| self.order.allows(kind)),
        };
        match self.order.mode {
            Mode::Apply if allowed && self.may_write() => {
                let applied = self.it.act(&found).await?;
                Ok(Treated::Done(Finding { found, applied }))
            }
            Mode::Sync if allowed && self.may_write() => Ok(Treated::Planned(found)),
            _ => Ok(Treated::Done(Finding { found, applied: Applied::Nothing })),
        }
    }

    /// Takes one of the writes that the order has left.
    fn may_write(&self) -> bool {
        let most = self.order.most_writes;
        self.with_state(|state| {
            let may = most.is_none_or(|most| state.writes < most);
            state.writes += u64::from(may);
            may
        })
    }

    /// An error on one user is recorded, and does not stop the run.
    pub(super) fn count(&self, result: Result<Treated, ReconcileError>, plan: &mut Plan) -> Result<(), ReconcileError> {
        self.with_state(|state| state.tally.judged += 1);
        match result {
            Ok(Treated::InStep) => {}
            Ok(Treated::Planned(found)) => {
                if let Some(found) = plan.take(found) {
                    self.tell(&Finding { found, applied: Applied::Nothing });
                }
            }
            Ok(Treated::Done(finding)) => {
                if plan.is_news(&finding) {
                    self.tell(&finding);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "one user failed");
                self.with_state(|state| state.tally.fail(&error));
            }
        }
        let (failed, judged, hopeless) =
            self.with_state(|state| (state.tally.failed, state.tally.judged, state.tally.is_hopeless()));
        if hopeless { Err(ReconcileError::Hopeless { failed, judged }) } else { Ok(()) }
    }

    /// Counts what became of a difference, and tells it: by its cause and its id, never by its values.
    fn tell(&self, finding: &Finding) {
        let Finding { found, applied } = finding;
        let (user_id, cause, settled) = (found.user_id(), found.cause.as_str(), found.settled);
        let written = applied.word().unwrap_or("nothing");
        let days_ago = found.last_seen_at().map(|seen| self.it.clock.now().since(seen).as_secs() / 86_400);
        tracing::info!(%user_id, cause, settled, written, last_seen_days_ago = days_ago, "differs");
        self.with_state(|state| state.tally.count(finding));
        self.watch.finding(finding);
    }

    /// Asks whether what was found is to be written, and writes it as it was shown.
    pub(super) async fn apply(&self, plan: &Plan) -> Result<(), ReconcileError> {
        let plan = plan.found();
        let approved = !plan.is_empty() && self.stop.told().is_none() && self.approved(plan).await;
        if !approved {
            for found in plan {
                self.tell(&Finding { found: found.clone(), applied: Applied::Nothing });
            }
            return Ok(());
        }
        self.progress(Stage::Applying, 0, Some(plan.len() as u64));
        self.with_state(|state| state.tally.begin_anew());
        let mut done = 0;
        for part in plan.chunks(SIDE_BY_SIDE) {
            if self.stop.told().is_some() {
                break;
            }
            for result in join_all(part.iter().map(|found| self.write_shown(found))).await {
                self.count(result, &mut Plan::default())?;
                done += 1;
            }
            self.progress(Stage::Applying, done, Some(plan.len() as u64));
        }
        Ok(())
    }

    async fn write_shown(&self, found: &Found) -> Result<Treated, ReconcileError> {
        let applied = self.it.act_as_shown(found).await?;
        Ok(Treated::Done(Finding { found: found.clone(), applied }))
    }

    async fn approved(&self, plan: &[Found]) -> bool {
        tokio::select! {
            approved = self.watch.approve(plan) => approved,
            () = self.stop.heard() => false,
        }
    }
}
