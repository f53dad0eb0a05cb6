//! One user who seems to differ: read again, prove, and say what is to be done.

use super::error::ReconcileError;
use super::finding::Found;
use super::reconciler::Reconciler;
use crate::clock::Timestamp;
use crate::domain::{Cause, User, UserId, drift_of, settled};
use crate::provider::{Listed, Reading};

impl Reconciler {
    /// What a listed user's row lacks, by strongly consistent reads; `None` when it lacks nothing.
    pub(super) async fn judge(&self, listed: &Listed) -> Result<Option<Found>, ReconcileError> {
        let row = self.users.by_identity(&listed.identity).await?;
        let Some(cause) = drift_of(row.as_ref(), &listed.profile) else { return Ok(None) };
        if !cause.needs_proof() {
            return Ok(Some(self.found(cause, listed, row, None)));
        }
        // The listing may be behind our own row: only the provider's word on this one user proves it wrong.
        match self.source.user(listed.identity.subject()).await? {
            Reading::Found { listed, answered_at } => Ok(self.judge_proved(row, &listed, answered_at)),
            Reading::Gone { .. } => Ok(None),
        }
    }

    /// What a row lacks of what the provider has just said of this one user.
    pub(super) fn judge_proved(&self, row: Option<User>, listed: &Listed, answered_at: Timestamp) -> Option<Found> {
        let cause = drift_of(row.as_ref(), &listed.profile)?;
        Some(self.found(cause, listed, row, Some(answered_at)))
    }

    fn found(&self, cause: Cause, listed: &Listed, row: Option<User>, proved_at: Option<Timestamp>) -> Found {
        Found {
            cause,
            identity: listed.identity.clone(),
            settled: settled(&listed.profile, self.clock.now(), self.settle),
            row,
            profile: Some(listed.profile.clone()),
            proved_at,
        }
    }

    /// An orphan, by the row that nobody named. Whoever was changed at the provider a moment ago left a moment ago.
    pub(super) fn orphan(&self, row: User, proved_at: Option<Timestamp>) -> Found {
        let changed_at = row.profile_version.map_or(row.created_at, |version| version.updated_at);
        Found {
            cause: Cause::Orphan,
            identity: row.identity.clone(),
            settled: self.clock.now().since(changed_at) >= self.settle,
            row: Some(row),
            profile: None,
            proved_at,
        }
    }

    /// The row of somebody whom the listing did not name, if it lives and was there before the listing began.
    pub(super) async fn unnamed(&self, id: &UserId, as_of: Timestamp) -> Result<Option<User>, ReconcileError> {
        let row = self.users.by_id(id).await?;
        Ok(row.filter(|row| row.is_living() && row.created_at < as_of))
    }
}
