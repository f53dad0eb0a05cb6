//! Auth0's Management API: users by pages, and one by one.

mod listing;
mod scopes;
mod token;

use std::sync::Arc;

use futures_util::stream::Stream;
use http::StatusCode;
use http::header::AUTHORIZATION;
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
use crate::wire::auth0_user::Auth0User;
use crate::wire::lenient::Whole;
use token::Tokens;

const NAME: &str = "Auth0";
/// What to look at when Auth0 refuses us.
const CREDENTIALS: &str = "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, and at the application's scope read:users";

const fn call(operation: &'static str) -> Call {
    Call { provider: NAME, operation }
}

/// How Auth0 is reached.
#[derive(Debug)]
pub struct Auth0Settings {
    /// The tenant's canonical domain as a URL; requests go to `/api/v2/` and `/oauth/token` below it.
    pub base: Issuer,
    /// The Management API's audience, by the canonical domain and with its trailing slash.
    pub audience: String,
    /// Our machine-to-machine application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretText,
    /// How many users a page has, 1 to 100.
    pub page: u32,
}

/// A client of the Management API. Clones share its connections, its pace and its token.
#[derive(Clone)]
pub struct Auth0(Arc<Inner>);

struct Inner {
    users: Url,
    page: u32,
    api: Client,
    tokens: Tokens,
    clock: Clock,
}

impl Auth0 {
    /// A client with the default limits.
    pub fn new(settings: Auth0Settings, clock: Clock) -> Result<Self, ProviderError> {
        Self::with_limits(settings, Limits::default(), clock)
    }

    /// A client with these limits.
    pub fn with_limits(settings: Auth0Settings, limits: Limits, clock: Clock) -> Result<Self, ProviderError> {
        let api = Client::new(NAME, &settings.base, limits, clock.clone())?;
        let url = |path: &str| {
            let what = "its base URL is none";
            Url::parse(&format!("{}{path}", settings.base))
                .map_err(|_| ProviderError::Unusable { provider: NAME, what })
        };
        let (users, page) = (url("/api/v2/users")?, settings.page.clamp(1, 100));
        let tokens = Tokens::new(url("/oauth/token")?, settings, api.at_own_pace(), clock.clone());
        Ok(Self(Arc::new(Inner { users, page, api, tokens, clock })))
    }

    /// Asks for a listing. See [`super::Source::prepare`].
    pub async fn prepare(&self, _way: Way<'_>) -> Result<Readiness, ProviderError> {
        Ok(Readiness::Ready(Ready { as_of: self.0.clock.now(), expected: None, by: By::Pages }))
    }

    /// Whether the token is of the canonical tenant. See [`super::Source::is_ours`].
    pub async fn is_ours(&self) -> Result<bool, ProviderError> {
        Ok(true)
    }

    /// All users. See [`super::Source::listing`].
    pub fn listing(&self, _ready: Ready) -> impl Stream<Item = Result<Page, ProviderError>> + Send + use<> {
        read_ahead(listing::Place::first(self.clone(), self.0.page))
    }

    /// One user, strongly consistent.
    pub async fn user(&self, subject: &str) -> Result<Reading, ProviderError> {
        const READ: Call = call("read a user");
        let segment = segment(subject)
            .ok_or(ProviderError::Unusable { provider: NAME, what: "the subject cannot be part of a URL" })?;
        let mut url = self.0.users.clone();
        url.set_path(&format!("{}/{segment}", url.path()));
        url.query_pairs_mut().append_pair("fields", Auth0User::FIELDS).append_pair("include_fields", "true");
        let answer = self.ask(READ, &url).await?;
        if says_gone(&answer, |error: Gone| error.status_code.number() == Some(404)) {
            return Ok(Reading::Gone { answered_at: answer.answered_at, dated: answer.dated });
        }
        found::<Auth0User>(READ, &answer.success(READ, CREDENTIALS)?, &Provider::auth0(), subject)
    }

    /// Asks with a token; with a new one when the one at hand is refused.
    async fn ask(&self, call: Call, url: &Url) -> Result<Answer, ProviderError> {
        let token = self.0.tokens.bearer(None).await?;
        let mut request = Request::new(Method::GET, url.clone());
        request.headers_mut().insert(AUTHORIZATION, token.header);
        let answer = self.0.api.send(call, &request).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.0.tokens.bearer(Some(token.number)).await?;
        request.headers_mut().insert(AUTHORIZATION, token.header);
        self.0.api.send(call, &request).await
    }
}

/// The Management API's error: `{"statusCode": 404, "error": …}`.
#[derive(Deserialize)]
struct Gone {
    #[serde(rename = "statusCode")]
    status_code: Whole,
}

#[cfg(test)]
mod tests;
