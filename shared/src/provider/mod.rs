//! The providers' own word: every user by listing, one user by a strongly consistent read.

mod auth0;
mod clerk;
mod client;
mod error;
mod pace;

use futures_util::stream::{BoxStream, StreamExt};

pub use auth0::{Auth0, Auth0Settings};
pub use clerk::{Clerk, ClerkSettings};
pub use error::ProviderError;

use crate::clock::Timestamp;
use crate::domain::{Identity, Profile, Provider};

/// A provider that lists its users.
pub enum Source {
    /// Auth0's Management API.
    Auth0(Auth0),
    /// Clerk's Backend API.
    Clerk(Clerk),
}

/// One user of a provider.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Who they are.
    pub identity: Identity,
    /// What the provider knows of them.
    pub profile: Profile,
    /// Identities that were linked into this user, and are users no longer.
    pub also_named: Vec<Identity>,
}

/// Some of a provider's users.
#[derive(Debug, Default)]
pub struct Page {
    /// Those that can be read.
    pub users: Vec<Listed>,
    /// How many can not: without an id, or without the provider's clock.
    pub odd: u32,
    /// Those of them who have an id: they are named, so they are no orphans.
    pub odd_named: Vec<Identity>,
}

impl Page {
    /// The users of a page: `identify` finds whose entry it is, `read` the whole user.
    fn read<U>(
        users: &[Option<U>],
        identify: impl Fn(&U) -> Option<Identity>,
        read: impl Fn(&U) -> Option<Listed>,
    ) -> Self {
        users.iter().fold(Self::default(), |mut page, user| {
            if let Some(listed) = user.as_ref().and_then(&read) {
                page.users.push(listed);
            } else {
                page.odd += 1;
                page.odd_named.extend(user.as_ref().and_then(&identify));
            }
            page
        })
    }
}

/// What a provider says of one user, now.
#[derive(Debug)]
pub enum Reading {
    /// They are there.
    Found {
        /// The user.
        listed: Listed,
        /// When the provider said so, by its own clock where it tells.
        answered_at: Timestamp,
    },
    /// There is no such user.
    Gone {
        /// When the provider said so, by its own clock where it tells.
        answered_at: Timestamp,
    },
}

impl Source {
    /// The realm.
    pub fn provider(&self) -> Provider {
        match self {
            Self::Auth0(_) => Provider::auth0(),
            Self::Clerk(_) => Provider::clerk(),
        }
    }

    /// Every user, page by page; the next page is on its way while one is worked on.
    pub fn listing(&self) -> BoxStream<'_, Result<Page, ProviderError>> {
        match self {
            Self::Auth0(auth0) => auth0.listing().boxed(),
            Self::Clerk(clerk) => clerk.listing().boxed(),
        }
    }

    /// One user, by a strongly consistent read.
    pub async fn user(&self, subject: &str) -> Result<Reading, ProviderError> {
        match self {
            Self::Auth0(auth0) => auth0.user(subject).await,
            Self::Clerk(clerk) => clerk.user(subject).await,
        }
    }
}
