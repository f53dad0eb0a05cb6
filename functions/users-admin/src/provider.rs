//! What the provider says of one user, now.

use shared::domain::Identity;
use shared::invocation::Failure;
use shared::provider::{AccessError, ProviderError, Reading, Source, SourceName};

use crate::App;

impl App {
    /// The provider's own word on this one user; `None` where no provider lists users of that realm.
    pub(crate) async fn reading(&self, identity: &Identity) -> Result<Option<Reading>, Failure> {
        let Some(name) = SourceName::of(identity.provider()) else { return Ok(None) };
        let source = self.access.source(name).await?;
        let mut asked = ask(&source, identity.subject()).await;
        // The secret may have been rotated since it was read.
        if let Err(ProviderError::Unauthorized { .. }) = asked
            && let Some(source) = self.access.renewed(name).await?
        {
            asked = ask(&source, identity.subject()).await;
        }
        // Another tenant's 404 says nothing of ours.
        match asked {
            Ok(reading) => Ok(Some(reading)),
            Err(error @ ProviderError::Foreign { .. }) => Err(AccessError::from(error).into()),
            Err(error) => Err(Failure::new("provider_unavailable", error.to_string())),
        }
    }
}

async fn ask(source: &Source, subject: &str) -> Result<Reading, ProviderError> {
    source.is_ours().await?;
    source.user(subject).await
}
