//! One user alone, as an operator asks for: the same judgement and the same writes as in a run.

use super::error::ReconcileError;
use super::finding::{Applied, Found};
use super::reconciler::Reconciler;
use crate::domain::Identity;
use crate::provider::Reading;

/// What the provider's word on one user is to their row.
#[derive(Clone, Debug)]
pub enum Looked {
    /// The provider does not have them.
    Gone,
    /// Nothing differs.
    InStep,
    /// Something does.
    Differs(Box<Found>),
}

impl Reconciler {
    /// Asks the provider for one user now, and compares. Writes nothing.
    pub async fn look_at(&self, identity: &Identity) -> Result<Looked, ReconcileError> {
        self.source.is_ours().await?;
        // The row comes first: what the provider says after that may replace this row, and no later one.
        let row = self.users.by_identity(identity).await?;
        Ok(match self.source.user(identity.subject()).await? {
            Reading::Gone { .. } => Looked::Gone,
            Reading::Found { listed, answered_at } => match self.judge_proved(row, &listed, answered_at) {
                Some(found) => Looked::Differs(Box::new(found)),
                None => Looked::InStep,
            },
        })
    }

    /// Writes what [`Reconciler::look_at`] found, if the row is still the one that it saw.
    pub async fn mend(&self, found: &Found) -> Result<Applied, ReconcileError> {
        self.act_as_shown(found).await
    }
}
