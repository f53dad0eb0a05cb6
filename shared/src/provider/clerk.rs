//! Clerk's Backend API: users by windows of time and cursors, one by one, and how many there are.

mod instance;
mod listing;
mod split;
mod tail;
mod window;

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
use super::ready::{By, Readiness, Ready, Way};
use super::side_by_side::side_by_side;
use super::users::{Page, Reading, found, says_gone};
use crate::clock::Clock;
use crate::domain::{Issuer, Provider};
use crate::secret::SecretText;
use crate::wire::clerk_user::ClerkUser;
use crate::wire::lenient::{List, Whole};
use window::Window;

pub use split::Split;

const NAME: &str = "Clerk";
/// What to look at when Clerk refuses us.
const CREDENTIALS: &str = "CLERK_SECRET_KEY";
/// The version of the API that this is written for; cursors are in it.
const VERSION: &str = "2025-11-10";

const fn call(operation: &'static str) -> Call {
    Call { provider: NAME, operation }
}

const LIST: Call = call("list its users");

/// How Clerk is reached.
#[derive(Debug)]
pub struct ClerkSettings {
    /// The Backend API's URL, without `/v1`: `https://api.clerk.com`.
    pub base: Issuer,
    /// The instance's secret key.
    pub secret_key: SecretText,
    /// The instance that the key must open, `ins_…`, where that is to be known.
    pub instance_id: Option<String>,
    /// How many users a page has, 1 to 500.
    pub page: u32,
}

/// A client of the Backend API. Clones share its connections and its pace.
#[derive(Clone)]
pub struct Clerk {
    it: Arc<Inner>,
    split: Split,
}

struct Inner {
    users: Url,
    instance_id: Option<String>,
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
        let ClerkSettings { base, secret_key, instance_id, page } = settings;
        let unusable = |what| ProviderError::Unusable { provider: NAME, what };
        let api = Client::new(NAME, &base, limits, clock.clone())?;
        let users = Url::parse(&format!("{base}/v1/users")).map_err(|_| unusable("its base URL is none"))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", secret_key.expose()));
        let mut bearer = bearer.map_err(|_| unusable("CLERK_SECRET_KEY cannot be sent in a header"))?;
        bearer.set_sensitive(true);
        let version = (HeaderName::from_static("clerk-api-version"), HeaderValue::from_static(VERSION));
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer), version]);
        let page = usize::try_from(page.clamp(1, 500)).unwrap_or(500);
        let it = Arc::new(Inner { users, instance_id, headers, page, api, clock });
        Ok(Self { it, split: Split::default() })
    }

    /// The same client, whose listings are split in this way.
    #[must_use]
    pub fn splitting(self, split: Split) -> Self {
        Self { split, ..self }
    }

    /// Asks for a listing, which goes by pages whatever the way. See [`super::Source::prepare`].
    pub async fn prepare(&self, _way: Way<'_>) -> Result<Readiness, ProviderError> {
        let as_of = self.it.clock.now();
        let expected = self.count(Window::default()).await?;
        Ok(Readiness::Ready(Ready { as_of, expected, by: By::Pages }))
    }

    /// Whether the key opens the configured instance. See [`super::Source::is_ours`].
    pub async fn is_ours(&self) -> Result<bool, ProviderError> {
        instance::is_ours(self).await
    }

    /// All users, by several windows of time side by side where they are many. See [`super::Source::listing`].
    pub fn listing(&self, ready: Ready) -> impl Stream<Item = Result<Page, ProviderError>> + Send + use<> {
        let clerk = self.clone();
        side_by_side(async move {
            let windows = split::windows(&clerk, &ready).await?;
            Ok(windows.into_iter().map(|window| listing::Place::first(clerk.clone(), window)).collect())
        })
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

    /// How many users a window has; `None` where Clerk does not tell, for a count is a check on the listing and no part of it.
    async fn count(&self, window: Window) -> Result<Option<u64>, ProviderError> {
        const COUNT: Call = call("count its users");
        let mut url = self.below_users("count");
        window.filter(&mut url);
        let answer = match self.ask(COUNT, url).await?.success(COUNT, CREDENTIALS) {
            Err(ProviderError::Refused { .. }) => return Ok(None),
            answer => answer?,
        };
        let count = answer.json(COUNT).ok().and_then(|count: Count| count.total_count.number());
        Ok(count.and_then(|count| u64::try_from(count).ok()))
    }

    fn below_users(&self, segment: &str) -> Url {
        let mut url = self.it.users.clone();
        url.set_path(&format!("{}/{segment}", url.path()));
        url
    }

    async fn ask(&self, call: Call, url: Url) -> Result<Answer, ProviderError> {
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = self.it.headers.clone();
        self.it.api.send(call, &request).await
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
