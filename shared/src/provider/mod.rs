//! The providers that own who a person is: how their users are listed and read, how they are paged and limited.

mod error;
mod date;
mod pace;
mod limits;
mod client;
mod path;
mod users;
mod read_ahead;
mod auth0;
mod clerk;
#[cfg(test)]
mod testing;

use futures_util::future::Either;
use futures_util::stream::Stream;

pub use auth0::{Auth0, Auth0Settings};
pub use clerk::{Clerk, ClerkSettings};
pub use error::{Call, ProviderError};
pub use limits::Limits;
pub use users::{Listed, Page, Reading, Summary};

use crate::domain::Provider;

/// A provider that can be reconciled.
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

    /// All users, oldest first. While one page is worked on, the next one is on its way already.
    ///
    /// It ends at its first error: what came before is true, and nothing follows from what did not come.
    /// The last page, and it alone, carries a [`Summary`]. Must be polled within a tokio runtime.
    pub fn listing(&self) -> impl Stream<Item = Result<Page, ProviderError>> + Send + use<> {
        match self {
            Self::Auth0(auth0) => Either::Left(auth0.listing()),
            Self::Clerk(clerk) => Either::Right(clerk.listing()),
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
