//! A provider's event, applied to `Users`.

use super::error::StoreError;
use super::users::{Sender, Users};
use crate::clock::Timestamp;
use crate::domain::{Told, UserEvent};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The word for it, in answers and in metrics.
    pub result: &'static str,
    /// How many facts were cut or dropped for their length.
    pub cut: u32,
}

impl Users {
    /// Writes what an event tells, if the rules let it.
    pub async fn apply(&self, event: UserEvent, sender: Sender<'_>, now: Timestamp) -> Result<Applied, StoreError> {
        Ok(match event {
            UserEvent::Told(identity, profile) => {
                let told = Told::Profile(profile);
                let outcome = self.upsert(&identity, &told, sender, now).await?;
                Applied { result: outcome.as_str(), cut: told.facts().cut() }
            }
            UserEvent::Deleted(identity, at) => {
                Applied { result: self.delete(&identity, at, sender, now).await?.as_str(), cut: 0 }
            }
            UserEvent::Ignored(why) => Applied { result: why.as_str(), cut: 0 },
        })
    }
}
