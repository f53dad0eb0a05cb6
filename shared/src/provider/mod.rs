//! The providers that own who a person is, and Stripe: what is listed and read, how it is paged and limited.

mod error;
mod date;
mod pace;
mod limits;
mod client;
mod path;
mod health;
mod users;
mod read_ahead;
mod side_by_side;
mod ready;
mod auth0;
mod clerk;
mod stripe;
mod jwks;
mod knock;
mod access;
#[cfg(test)]
mod testing;

use futures_util::future::Either;
use futures_util::stream::Stream;

pub use access::{Access, AccessError, Auth0Access, ClerkAccess, SourceName};
pub use auth0::{
    Action, ActionDraft, Auth0, Auth0Settings, Binding, Build, Destination, EventStream, EventStreamDraft, To,
};
pub use clerk::{Clerk, ClerkSettings, Split};
pub use error::{Call, ProviderError};
pub use health::named_issuer;
pub use jwks::Jwks;
pub use knock::knock;
pub use limits::Limits;
pub use ready::{Readiness, Ready, Way};
pub use stripe::{CustomerPage, CustomerReading, Made, Stripe, StripeSettings};
pub use users::{Listed, Page, Reading, Summary};

use crate::domain::Provider;

/// A provider that can be reconciled. Clones share its connections and its pace.
#[derive(Clone)]
pub enum Source {
    /// Auth0.
    Auth0(Auth0),
    /// Clerk.
    Clerk(Clerk),
}

impl Source {
    /// The realm that its users belong to.
    pub fn provider(&self) -> Provider {
        match self {
            Self::Auth0(_) => Provider::auth0(),
            Self::Clerk(_) => Provider::clerk(),
        }
    }

    /// Asks for a listing; a long one may have to be prepared by the provider first.
    pub async fn prepare(&self, way: Way<'_>) -> Result<Readiness, ProviderError> {
        match self {
            Self::Auth0(auth0) => auth0.prepare(way).await,
            Self::Clerk(clerk) => clerk.prepare(way).await,
        }
    }

    /// All users. While one page is worked on, the next one is on its way already.
    ///
    /// It ends at its first error: what came before is true, and nothing follows from what did not come.
    /// It has one part or several side by side: the last page of each part, and it alone, carries a [`Summary`], and a
    /// listing that ends without an error has ended all of its parts. Must be polled within a tokio runtime.
    pub fn listing(&self, ready: Ready) -> impl Stream<Item = Result<Page, ProviderError>> + Send + use<> {
        match self {
            Self::Auth0(auth0) => Either::Left(auth0.listing(ready)),
            Self::Clerk(clerk) => Either::Right(clerk.listing(ready)),
        }
    }

    /// Whether the credentials open the realm that this table belongs to; [`ProviderError::Foreign`] when they do not.
    ///
    /// `Ok(false)` means that the provider does not tell: nothing speaks against it, and nothing proves it.
    pub async fn is_ours(&self) -> Result<bool, ProviderError> {
        match self {
            Self::Auth0(auth0) => auth0.is_ours().await,
            Self::Clerk(clerk) => clerk.is_ours().await,
        }
    }

    /// One user, strongly consistent.
    pub async fn user(&self, subject: &str) -> Result<Reading, ProviderError> {
        match self {
            Self::Auth0(auth0) => auth0.user(subject).await,
            Self::Clerk(clerk) => clerk.user(subject).await,
        }
    }
}
