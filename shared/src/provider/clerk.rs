//! Clerk's Backend API: users by cursor, oldest first.

use futures_util::Stream;
use futures_util::stream::try_unfold;
use reqwest::RequestBuilder;
use serde::Deserialize;

use super::client::{Answer, ProviderClient, segment};
use super::{Listed, Page, ProviderError, Reading};
use crate::clock::{Clock, Timestamp};
use crate::domain::{Identity, Issuer, Provider};
use crate::secret::SecretText;
use crate::wire::clerk_user::ClerkUser;
use crate::wire::lenient;

/// The API's version that these requests are written for.
const VERSION: &str = "2025-11-10";

/// How Clerk is reached.
pub struct ClerkSettings {
    /// The API's URL, without `/v1`.
    pub base: Issuer,
    /// The secret key.
    pub secret_key: SecretText,
    /// Users a page, 500 at the most.
    pub page: u32,
}

/// A client of Clerk.
pub struct Clerk {
    client: ProviderClient,
    settings: ClerkSettings,
}

/// A page is a bare array.
#[derive(Deserialize)]
struct ClerkPage(#[serde(deserialize_with = "lenient::items")] Vec<Option<ClerkUser>>);

/// Where a listing goes on.
#[derive(Clone)]
enum Next {
    Start,
    /// Behind the user with this id, made at this time.
    Behind(String, Timestamp),
    /// Not before this time: the user behind whom it was to go on has left.
    From(Timestamp),
    End,
}

impl Clerk {
    /// A client with these settings.
    pub fn new(settings: ClerkSettings, clock: Clock) -> Result<Self, ProviderError> {
        Ok(Self { client: ProviderClient::new("clerk", "CLERK_SECRET_KEY", clock)?, settings })
    }

    /// Every user by `created_at`, each page behind the last user of the one before.
    pub(super) fn listing(&self) -> impl Stream<Item = Result<Page, ProviderError>> + '_ {
        try_unfold(Next::Start, async |next| match next {
            Next::End => Ok(None),
            next => self.page(next).await.map(Some),
        })
    }

    async fn page(&self, next: Next) -> Result<(Page, Next), ProviderError> {
        let answer = self.client.send(self.page_request(&next)).await?;
        if let (Next::Behind(_, since), 400..=499) = (&next, answer.status)
            && !matches!(answer.status, 401 | 403)
        {
            let answer = self.client.send(self.page_request(&Next::From(*since))).await?;
            return self.read_page(answer, &Next::From(*since));
        }
        self.read_page(answer, &next)
    }

    fn page_request(&self, next: &Next) -> RequestBuilder {
        let limit = self.settings.page.to_string();
        let request = self.request("users").query(&[("limit", limit.as_str()), ("order_by", "+created_at")]);
        match next {
            Next::Start | Next::End => request,
            Next::Behind(id, _) => request.query(&[("starting_after", id)]),
            // The filter is exclusive, and others may have been made in the same millisecond.
            Next::From(since) => request.query(&[("created_at_after", since.millis() - 1)]),
        }
    }

    fn read_page(&self, answer: Answer, asked: &Next) -> Result<(Page, Next), ProviderError> {
        let answer = self.client.succeeded(answer, "a page of users")?;
        let ClerkPage(users) = self.client.read(&answer.body, "a page of users")?;
        let last = users.last().and_then(Option::as_ref);
        let next = match last.and_then(|last| Some((last.subject()?, last.created_at()?))) {
            _ if users.len() < self.settings.page as usize => Next::End,
            Some((id, created_at)) => Next::Behind(id.to_owned(), created_at),
            None => return Err(self.client.unreadable("a page of users")),
        };
        if let (Next::Behind(before, _), Next::Behind(after, _)) = (asked, &next)
            && before == after
        {
            return Err(ProviderError::Circular { provider: "clerk" });
        }
        let page = Page::read(&users, identity, |user| listed(user, answer.asked_at));
        Ok((page, next))
    }

    /// One user, by a strongly consistent read.
    pub(super) async fn user(&self, subject: &str) -> Result<Reading, ProviderError> {
        let answer = self.client.send(self.request(&format!("users/{}", segment(subject)))).await?;
        let answered_at = answer.answered_at;
        if answer.status == 404 {
            return Ok(Reading::Gone { answered_at });
        }
        let answer = self.client.succeeded(answer, "one user")?;
        let user: ClerkUser = self.client.read(&answer.body, "one user")?;
        let listed = listed(&user, answer.asked_at).ok_or_else(|| self.client.unreadable("one user"))?;
        Ok(Reading::Found { listed, answered_at })
    }

    fn request(&self, path: &str) -> RequestBuilder {
        let url = format!("{}/v1/{path}", self.settings.base);
        let request = self.client.http().get(url).bearer_auth(self.settings.secret_key.expose());
        request.header("Clerk-API-Version", VERSION)
    }
}

fn identity(user: &ClerkUser) -> Option<Identity> {
    Identity::new(Provider::clerk(), user.subject()?).ok()
}

fn listed(user: &ClerkUser, observed_at: Timestamp) -> Option<Listed> {
    Some(Listed { identity: identity(user)?, profile: user.profile(observed_at)?, also_named: Vec::new() })
}
