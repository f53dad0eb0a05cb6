//! One user who seems to differ: read again, prove, and write where the run may.

use super::run::{Mode, ReconcileError, Reconciler};
use super::tally::{Applied, Finding};
use crate::clock::Timestamp;
use crate::domain::{Cause, Identity, Profile, Told, User, UserId, drift_of, settled};
use crate::provider::{Listed, Reading};
use crate::store::Sender;

impl Reconciler {
    /// What a listed user's row lacks, by strongly consistent reads; `None` when it lacks nothing.
    pub(super) async fn judge(&self, mode: Mode, listed: &Listed) -> Result<Option<Finding>, ReconcileError> {
        let row = self.users.by_identity(&listed.identity).await?;
        let Some(cause) = drift_of(row.as_ref(), &listed.profile) else { return Ok(None) };
        if !cause.needs_proof() {
            return self.act(mode, cause, &listed.identity, &listed.profile, row.as_ref(), None).await.map(Some);
        }
        // The listing may be behind our own row: only the provider's word on this one user proves it wrong.
        let Reading::Found { listed, answered_at } = self.source.user(listed.identity.subject()).await? else {
            return Ok(None);
        };
        let Some(cause) = drift_of(row.as_ref(), &listed.profile) else { return Ok(None) };
        self.act(mode, cause, &listed.identity, &listed.profile, row.as_ref(), Some(answered_at)).await.map(Some)
    }

    async fn act(
        &self,
        mode: Mode,
        cause: Cause,
        identity: &Identity,
        profile: &Profile,
        row: Option<&User>,
        proved_at: Option<Timestamp>,
    ) -> Result<Finding, ReconcileError> {
        let now = self.clock.now();
        let applied = match (mode, cause, row, proved_at) {
            (Mode::Check, ..) => Applied::Nothing,
            (_, Cause::ProfileDiffers | Cause::Patched, Some(row), Some(_)) => {
                Applied::Repaired(self.users.repair(identity, profile, row, now).await?)
            }
            (_, Cause::DeletedHere, _, Some(answered_at)) => {
                Applied::Lifted(self.users.lift(identity, profile, answered_at, now).await?)
            }
            (_, Cause::Missing | Cause::ProfileOlder | Cause::Reborn, ..) => {
                let told = Told::Profile(profile.clone());
                Applied::Upserted(self.users.upsert(identity, &told, Sender::Reconcile, now).await?)
            }
            _ => Applied::Nothing,
        };
        let finding = Finding { cause, settled: settled(profile, now, self.settle), applied };
        tracing::info!(user_id = %identity.user_id(), cause = cause.as_str(), settled = finding.settled, ?applied, "differs");
        Ok(finding)
    }

    /// A living row that the listing did not name: an orphan, unless the row or the provider says otherwise now.
    pub(super) async fn judge_unnamed(
        &self,
        mode: Mode,
        id: &UserId,
        listing_began: Timestamp,
        prove: bool,
    ) -> Result<Option<Finding>, ReconcileError> {
        let row = self.users.by_id(id).await?.filter(|row| row.is_living() && row.created_at < listing_began);
        let Some(row) = row else { return Ok(None) };
        if prove && let Reading::Found { listed, .. } = self.source.user(row.identity.subject()).await? {
            // Pages shift while people leave, and may pass over somebody who is there.
            return Box::pin(self.judge(mode, &listed)).await;
        }
        tracing::info!(user_id = %id, cause = Cause::Orphan.as_str(), "differs");
        Ok(Some(Finding { cause: Cause::Orphan, settled: true, applied: Applied::Nothing }))
    }
}
