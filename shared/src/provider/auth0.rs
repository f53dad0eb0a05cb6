//! Auth0's Management API: users by pages, by the file of an export, and one by one.

mod actions;
mod batch;
mod bindings;
mod claims;
mod event_streams;
mod export;
mod file;
mod job;
mod lines;
mod listing;
mod manage;
mod prepare;
mod scopes;
mod token;

use std::sync::Arc;

use futures_util::future::Either;
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
use claims::Realm;
use token::Tokens;

pub use actions::{Action, ActionDraft, Build};
pub use bindings::Binding;
pub use event_streams::{Destination, EventStream, EventStreamDraft, To};

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
    jobs: Url,
    base: Issuer,
    audience: String,
    page: u32,
    limits: Limits,
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
        let (users, jobs) = (url("/api/v2/users")?, url("/api/v2/jobs")?);
        let (base, audience, page) = (settings.base.clone(), settings.audience.clone(), settings.page.clamp(1, 100));
        let tokens = Tokens::new(url("/oauth/token")?, settings, api.at_own_pace(), clock.clone());
        Ok(Self(Arc::new(Inner { users, jobs, base, audience, page, limits, api, tokens, clock })))
    }

    /// Asks for a listing: by pages below the cap, else by an export job. See [`super::Source::prepare`].
    pub async fn prepare(&self, way: Way<'_>) -> Result<Readiness, ProviderError> {
        prepare::prepare(self, way).await
    }

    /// Whether the token is of the canonical tenant. See [`super::Source::is_ours`].
    pub async fn is_ours(&self) -> Result<bool, ProviderError> {
        let look_at = "AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET";
        let token = self.0.tokens.bearer(None).await?;
        let token = token.header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
        match claims::realm(token.unwrap_or_default(), self.0.base.as_str(), &self.0.audience) {
            Realm::Ours => Ok(true),
            Realm::Untold => Ok(false),
            Realm::Foreign => Err(ProviderError::Foreign { provider: NAME, realm: "tenant", look_at }),
        }
    }

    /// All users. See [`super::Source::listing`].
    pub fn listing(&self, ready: Ready) -> impl Stream<Item = Result<Page, ProviderError>> + Send + use<> {
        match ready.by {
            By::Pages => Either::Left(read_ahead(listing::Place::first(self.clone(), self.0.page))),
            By::Export(job) => Either::Right(export::listing(self.clone(), job, ready.as_of)),
        }
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

    async fn ask(&self, call: Call, url: &Url) -> Result<Answer, ProviderError> {
        self.ask_at_most(None, call, Request::new(Method::GET, url.clone())).await
    }

    /// Asks with a token; with a new one when the one at hand is refused. `None` attempts are as many as the limits say.
    async fn ask_at_most(
        &self,
        attempts: Option<u32>,
        call: Call,
        mut request: Request,
    ) -> Result<Answer, ProviderError> {
        let attempts = attempts.unwrap_or(self.0.limits.attempts);
        let token = self.0.tokens.bearer(None).await?;
        request.headers_mut().insert(AUTHORIZATION, token.header);
        let answer = self.0.api.send_at_most(attempts, call, &request).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.0.tokens.bearer(Some(token.number)).await?;
        request.headers_mut().insert(AUTHORIZATION, token.header);
        self.0.api.send_at_most(attempts, call, &request).await
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
