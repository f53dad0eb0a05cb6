//! What is written about one user, with its proof.

use std::time::Duration;

use super::error::ReconcileError;
use super::finding::{Applied, Found};
use super::reconciler::Reconciler;
use crate::domain::{Cause, Told, User};
use crate::provider::Reading;
use crate::store::Sender;

/// HTTP tells whole seconds: a 404 was true a second before the one that it names, at the latest.
const DATED_TO: Duration = Duration::from_secs(1);

impl Reconciler {
    /// Writes what was found, on condition that it still holds.
    pub(super) async fn act(&self, found: &Found) -> Result<Applied, ReconcileError> {
        let (identity, now) = (&found.identity, self.clock.now());
        Ok(match (found.cause, &found.row, &found.profile, found.proved_at) {
            (Cause::ProfileDiffers | Cause::Patched, Some(row), Some(profile), Some(_)) => {
                Applied::Repaired(self.users.repair(identity, profile, row, now).await?)
            }
            (Cause::DeletedHere, _, Some(profile), Some(answered_at)) => {
                Applied::Lifted(self.users.lift(identity, profile, answered_at, now).await?)
            }
            (Cause::Missing | Cause::ProfileOlder | Cause::Reborn, _, Some(profile), _) => {
                let told = Told::Profile(profile.clone());
                Applied::Upserted(self.users.upsert(identity, &told, Sender::Reconcile, now).await?)
            }
            (Cause::Orphan, Some(row), ..) => self.end(row).await?,
            (Cause::ErasedButListed, Some(User { tombstone: Some(end), .. }), ..) => {
                let renewed = self.users.renew(identity, end, now).await?;
                if renewed { Applied::Renewed } else { Applied::Nothing }
            }
            _ => Applied::Nothing,
        })
    }

    /// Ends an orphan by a 404 that is asked for right now, as of the provider's own time.
    async fn end(&self, row: &User) -> Result<Applied, ReconcileError> {
        let Reading::Gone { answered_at, dated: true } = self.source.user(row.identity.subject()).await? else {
            return Ok(Applied::Nothing);
        };
        let (at, now) = (answered_at.minus(DATED_TO), self.clock.now());
        Ok(Applied::Deleted(self.users.delete(&row.identity, at, Sender::Reconcile, now).await?))
    }

    /// Writes a difference that was shown to somebody first: only if the row is still what was shown.
    pub(super) async fn act_as_shown(&self, found: &Found) -> Result<Applied, ReconcileError> {
        let row = self.users.by_id(&found.user_id()).await?;
        if still(row.as_ref(), found.row.as_ref()) { self.act(found).await } else { Ok(Applied::Skipped) }
    }
}

/// Whether a row says what it said, logins aside.
fn still(now: Option<&User>, shown: Option<&User>) -> bool {
    let settled = |row: Option<&User>| row.map(|row| User { last_active_at: None, ..row.clone() });
    settled(now) == settled(shown)
}
