//! Auth0's Management API: users by pages, for tenants of fewer than 1,000.

mod token;

use futures_util::Stream;
use futures_util::stream::try_unfold;
use reqwest::RequestBuilder;
use serde::Deserialize;

use super::client::{Answer, ProviderClient, segment};
use super::{Listed, Page, ProviderError, Reading};
use crate::clock::{Clock, Timestamp};
use crate::domain::{Identity, Issuer, Provider};
use crate::secret::SecretText;
use crate::wire::auth0_user::Auth0User;
use crate::wire::lenient;
use token::Tokens;

/// Auth0 pages through the first 1,000 users and no further.
const CAP: u64 = 1000;
/// What we use of a user; the rest stays there.
const FIELDS: &str = "user_id,email,email_verified,name,nickname,given_name,family_name,username,picture,created_at,updated_at,identities";

/// How Auth0 is reached.
pub struct Auth0Settings {
    /// The canonical domain as a URL.
    pub base: Issuer,
    /// What a token of the Management API is for.
    pub audience: String,
    /// Our application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretText,
    /// Users a page, 100 at the most.
    pub page: u32,
}

/// A client of Auth0.
pub struct Auth0 {
    client: ProviderClient,
    settings: Auth0Settings,
    tokens: Tokens,
}

/// A page with totals. `limit` is what the tenant allows, which may be less than what was asked for.
#[derive(Deserialize)]
struct Totals {
    #[serde(default)]
    start: u64,
    #[serde(default)]
    limit: u32,
    #[serde(default)]
    total: u64,
    #[serde(deserialize_with = "lenient::items")]
    users: Vec<Option<Auth0User>>,
}

/// Where a listing goes on.
#[derive(Clone, Copy)]
struct Next {
    page: u32,
    per_page: u32,
    named: u64,
}

impl Auth0 {
    /// A client with these settings.
    pub fn new(settings: Auth0Settings, clock: Clock) -> Result<Self, ProviderError> {
        let client = ProviderClient::new("auth0", "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET", clock)?;
        Ok(Self { client, settings, tokens: Tokens::default() })
    }

    /// Every user by pages. A tenant of 1,000 users or more is refused at its first page.
    pub(super) fn listing(&self) -> impl Stream<Item = Result<Page, ProviderError>> + '_ {
        let start = Next { page: 0, per_page: self.settings.page, named: 0 };
        try_unfold(Some(start), async |next| match next {
            None => Ok(None),
            Some(next) => self.page(next).await,
        })
    }

    async fn page(&self, next: Next) -> Result<Option<(Page, Option<Next>)>, ProviderError> {
        let (page, per_page) = (next.page.to_string(), next.per_page.to_string());
        let query = [
            ("page", page.as_str()),
            ("per_page", &per_page),
            ("include_totals", "true"),
            ("sort", "created_at:1"),
            ("fields", FIELDS),
            ("include_fields", "true"),
        ];
        let answer = self.send(|auth0| auth0.request("users").query(&query)).await?;
        let answer = self.client.succeeded(answer, "a page of users")?;
        let totals: Totals = self.client.read(&answer.body, "a page of users")?;
        let named = next.named + totals.users.len() as u64;
        if totals.total >= CAP || named >= CAP {
            return Err(ProviderError::Capped);
        }
        if totals.limit > 0 && totals.limit < next.per_page && next.page == 0 {
            // Pages are counted in what the tenant allows: ask anew in its measure.
            let per_page = totals.limit;
            return Box::pin(self.page(Next { page: 0, per_page, named: 0 })).await;
        }
        if totals.users.is_empty() {
            return Ok(None);
        }
        let ended = totals.start + totals.users.len() as u64 >= totals.total;
        let after = (!ended).then_some(Next { page: next.page + 1, named, ..next });
        Ok(Some((page_of(&totals.users, answer.asked_at), after)))
    }

    /// One user, by a strongly consistent read.
    pub(super) async fn user(&self, subject: &str) -> Result<Reading, ProviderError> {
        let path = format!("users/{}", segment(subject));
        let answer = self.send(|auth0| auth0.request(&path)).await?;
        let answered_at = answer.answered_at;
        if answer.status == 404 {
            return Ok(Reading::Gone { answered_at });
        }
        let answer = self.client.succeeded(answer, "one user")?;
        let user: Auth0User = self.client.read(&answer.body, "one user")?;
        let listed = listed(&user, answer.asked_at).ok_or_else(|| self.client.unreadable("one user"))?;
        Ok(Reading::Found { listed, answered_at })
    }

    fn request(&self, path: &str) -> RequestBuilder {
        self.client.http().get(format!("{}/api/v2/{path}", self.settings.base))
    }

    /// Sends with a token; one that Auth0 no longer takes is replaced once.
    async fn send(&self, request: impl Fn(&Self) -> RequestBuilder) -> Result<Answer, ProviderError> {
        let token = self.tokens.current(&self.client, &self.settings).await?;
        let answer = self.client.send(request(self).bearer_auth(&*token)).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.tokens.forget(&token).await;
        let token = self.tokens.current(&self.client, &self.settings).await?;
        self.client.send(request(self).bearer_auth(&*token)).await
    }
}

fn page_of(users: &[Option<Auth0User>], observed_at: Timestamp) -> Page {
    Page::read(users, |user| identity(user.subject()?), |user| listed(user, observed_at))
}

fn identity(subject: &str) -> Option<Identity> {
    Identity::new(Provider::auth0(), subject).ok()
}

fn listed(user: &Auth0User, observed_at: Timestamp) -> Option<Listed> {
    let also_named = user.linked_subjects().filter_map(|subject| identity(&subject)).collect();
    Some(Listed { identity: identity(user.subject()?)?, profile: user.profile(observed_at)?, also_named })
}
