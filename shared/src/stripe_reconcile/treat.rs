//! What becomes of what was found: written, shown first, or only counted.

use futures_util::future::join_all;

use super::found::{LinkApplied, LinkFinding, LinkFound};
use super::pass::{Pass, SIDE_BY_SIDE};
use crate::domain::Kind;
use crate::reconcile::{Mode, ReconcileError, Stage};

/// So many differences are shown to somebody who is to approve them; the rest waits for the next run.
const SHOWN: usize = 10_000;

/// What became of one thing that was found.
pub(super) enum Treated {
    /// It is done, or not to be done.
    Done(LinkFinding),
    /// It waits for approval.
    Planned(LinkFound),
    /// It could not be looked at, or not be written.
    Failed(ReconcileError),
}

impl Pass<'_> {
    /// Writes what one look brought, where this run may.
    pub(super) async fn treat(&self, looked: Result<Vec<LinkFound>, ReconcileError>) -> Vec<Treated> {
        let found = match looked {
            Ok(found) => found,
            Err(error) => return vec![Treated::Failed(error)],
        };
        let mut treated = Vec::with_capacity(found.len());
        for found in found {
            treated.push(self.treat_one(found).await);
        }
        treated
    }

    async fn treat_one(&self, found: LinkFound) -> Treated {
        let writable = found.is_writable() && self.order.allows(Kind::Update);
        match self.order.mode {
            Mode::Apply if writable && self.may_write() => match self.it.act(&found).await {
                Ok(applied) => Treated::Done(LinkFinding { found, applied }),
                Err(error) => Treated::Failed(error),
            },
            Mode::Sync if writable && self.may_write() => Treated::Planned(found),
            _ => Treated::Done(LinkFinding { found, applied: LinkApplied::Nothing }),
        }
    }

    /// Counts what became of one look: an error on one user is recorded, and does not stop the run.
    pub(super) fn count(&self, treated: Vec<Treated>, plan: &mut Vec<LinkFound>) -> Result<(), ReconcileError> {
        if treated.is_empty() {
            self.with_state(|state| state.judged += 1);
        }
        for treated in treated {
            match treated {
                Treated::Planned(found) if plan.len() < SHOWN => plan.push(found),
                Treated::Planned(found) => self.tell(&LinkFinding { found, applied: LinkApplied::Nothing }),
                Treated::Done(finding) => self.tell(&finding),
                Treated::Failed(error) => self.failed(&error),
            }
        }
        self.unless_hopeless()
    }

    fn may_write(&self) -> bool {
        let most = self.order.most_writes;
        self.with_state(|state| {
            let may = most.is_none_or(|most| state.writes < most);
            state.writes += u64::from(may);
            may
        })
    }

    fn failed(&self, error: &ReconcileError) {
        tracing::warn!(%error, "one user failed");
        self.with_state(|state| {
            state.judged += 1;
            state.failures += 1;
        });
    }

    fn unless_hopeless(&self) -> Result<(), ReconcileError> {
        let (failed, judged, hopeless) = self.with_state(|state| (state.failures, state.judged, state.is_hopeless()));
        if hopeless { Err(ReconcileError::Hopeless { failed, judged }) } else { Ok(()) }
    }

    /// Counts a finding, and tells it: by its cause and ids, never by its values.
    fn tell(&self, finding: &LinkFinding) {
        let LinkFinding { found, applied } = finding;
        let user_id = found.user_id.as_ref().map(ToString::to_string);
        let customer = found.customer.as_ref().map(ToString::to_string);
        let (cause, settled) = (found.cause.as_str(), found.settled);
        let (others, unproven) = (found.others.len(), found.unproven.map(crate::domain::Unproven::as_str));
        let written = applied.word().unwrap_or("nothing");
        tracing::info!(user_id, customer, cause, settled, others, unproven, written, "differs");
        self.with_state(|state| state.count(finding));
        self.watch.link(finding);
    }

    /// Asks whether what was found is to be written, and writes it as it was shown.
    pub(super) async fn apply(&self, plan: Vec<LinkFound>) -> Result<(), ReconcileError> {
        let approved = !plan.is_empty() && self.stop.told().is_none() && self.approved(&plan).await;
        if !approved {
            for found in plan {
                self.tell(&LinkFinding { found, applied: LinkApplied::Nothing });
            }
            return Ok(());
        }
        let all = plan.len() as u64;
        self.progress(Stage::Applying, 0, Some(all));
        let mut done = 0;
        for part in plan.chunks(SIDE_BY_SIDE) {
            if self.stop.told().is_some() {
                break;
            }
            for treated in join_all(part.iter().map(|found| self.write_shown(found))).await {
                self.count(vec![treated], &mut Vec::new())?;
                done += 1;
            }
            self.progress(Stage::Applying, done, Some(all));
        }
        Ok(())
    }

    async fn write_shown(&self, found: &LinkFound) -> Treated {
        match self.it.act(found).await {
            Ok(applied) => Treated::Done(LinkFinding { found: found.clone(), applied }),
            Err(error) => Treated::Failed(error),
        }
    }

    async fn approved(&self, plan: &[LinkFound]) -> bool {
        tokio::select! {
            approved = self.watch.approve_links(plan) => approved,
            () = self.stop.heard() => false,
        }
    }
}
