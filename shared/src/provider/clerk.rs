//! Clerk's Backend API: users by a cursor, one by one, and how many there are.

mod listing;
mod tail;

use std::sync::Arc;

use futures_util::stream::Stream;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::Deserialize;

use super::client::{Answer, Client};
use super::error::{Call, ProviderError};
use super::limits::Limits;
use super::path::segment;
use super::read_ahead::read_ahead;
use super::ready::{By, Readiness, Ready, Way};
use super::users::{Page, Reading, found, says_gone};
use crate::clock::Clock;
use crate::domain::{Issuer, Provider};
use crate::secret::SecretText;
use crate::wire::clerk_user::ClerkUser;
use crate::wire::lenient::{List, Whole};

const NAME: &str = "Clerk";
/// What to look at when Clerk refuses us.
const CREDENTIALS: &str = "CLERK_SECRET_KEY";
/// The version of the API that this is written for; cursors are in it.
const VERSION: &str = "2025-11-10";

const fn call(operation: &'static str) -> Call {
    Call { provider: NAME, operation }
}

/// How Clerk is reached.
#[derive(Debug)]
pub struct ClerkSettings {
    /// The Backend API's URL, without `/v1`: `https://api.clerk.com`.
    pub base: Issuer,
    /// The instance's secret key.
    pub secret_key: SecretText,
    /// How many users a page has, 1 to 500.
    pub page: u32,
}

/// A client of the Backend API. Clones share its connections and its pace.
#[derive(Clone)]
pub struct Clerk(Arc<Inner>);

struct Inner {
    users: Url,
    headers: HeaderMap,
    page: usize,
    api: Client,
    clock: Clock,
}

impl Clerk {
    /// A client with the default limits.
    pub fn new(settings: ClerkSettings, clock: Clock) -> Result<Self, ProviderError> {
        Self::with_limits(settings, Limits::default(), clock)
    }

    /// A client with these limits.
    pub fn with_limits(settings: ClerkSettings, limits: Limits, clock: Clock) -> Result<Self, ProviderError> {
        let ClerkSettings { base, secret_key, page } = settings;
        let unusable = |what| ProviderError::Unusable { provider: NAME, what };
        let api = Client::new(NAME, &base, limits, clock.clone())?;
        let users = Url::parse(&format!("{base}/v1/users")).map_err(|_| unusable("its base URL is none"))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", secret_key.expose()));
        let mut bearer = bearer.map_err(|_| unusable("CLERK_SECRET_KEY cannot be sent in a header"))?;
        bearer.set_sensitive(true);
        let version = (HeaderName::from_static("clerk-api-version"), HeaderValue::from_static(VERSION));
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer), version]);
        let page = usize::try_from(page.clamp(1, 500)).unwrap_or(500);
        Ok(Self(Arc::new(Inner { users, headers, page, api, clock })))
    }

    /// Asks for a listing. See [`super::Source::prepare`].
    pub async fn prepare(&self, _way: Way<'_>) -> Result<Readiness, ProviderError> {
        Ok(Readiness::Ready(Ready { as_of: self.0.clock.now(), expected: None, by: By::Pages }))
    }

    /// Whether the key opens the configured instance. See [`super::Source::is_ours`].
    pub async fn is_ours(&self) -> Result<bool, ProviderError> {
        Ok(true)
    }

    /// All users. See [`super::Source::listing`].
    pub fn listing(&self, _ready: Ready) -> impl Stream<Item = Result<Page, ProviderError>> + Send + use<> {
        read_ahead(listing::Place::first(self.clone()))
    }

    /// One user, strongly consistent.
    pub async fn user(&self, subject: &str) -> Result<Reading, ProviderError> {
        const READ: Call = call("read a user");
        let segment = segment(subject)
            .ok_or(ProviderError::Unusable { provider: NAME, what: "the subject cannot be part of a URL" })?;
        let answer = self.ask(READ, self.below_users(&segment)).await?;
        if says_gone(&answer, |refusal: Refusal| refusal.errors.iter().next().is_some()) {
            return Ok(Reading::Gone { answered_at: answer.answered_at, dated: answer.dated });
        }
        found::<ClerkUser>(READ, &answer.success(READ, CREDENTIALS)?, &Provider::clerk(), subject)
    }

    /// How many users there are; `None` where Clerk does not tell, for a count is a check on the listing and no part of it.
    async fn count(&self) -> Result<Option<u64>, ProviderError> {
        const COUNT: Call = call("count its users");
        let answer = match self.ask(COUNT, self.below_users("count")).await?.success(COUNT, CREDENTIALS) {
            Err(ProviderError::Refused { .. }) => return Ok(None),
            answer => answer?,
        };
        let count = answer.json(COUNT).ok().and_then(|count: Count| count.total_count.number());
        Ok(count.and_then(|count| u64::try_from(count).ok()))
    }

    fn below_users(&self, segment: &str) -> Url {
        let mut url = self.0.users.clone();
        url.set_path(&format!("{}/{segment}", url.path()));
        url
    }

    async fn ask(&self, call: Call, url: Url) -> Result<Answer, ProviderError> {
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = self.0.headers.clone();
        self.0.api.send(call, &request).await
    }
}

/// Clerk's error: `{"errors": [{"code": …}], …}`.
#[derive(Deserialize)]
struct Refusal {
    errors: List<serde::de::IgnoredAny>,
}

/// `{"object": "total_count", "total_count": 5}`.
#[derive(Deserialize)]
struct Count {
    total_count: Whole,
}

#[cfg(test)]
mod tests;
