//! All users by a cursor that survives the deletion of the user it points to.

use std::time::Duration;

use serde_json::value::RawValue;

use super::tail::Tail;
use super::{CREDENTIALS, Clerk, call};
use crate::clock::Timestamp;
use crate::domain::Provider;
use crate::provider::client::Answer;
use crate::provider::error::{Call, ProviderError};
use crate::provider::read_ahead::{self, Turned};
use crate::provider::users::{Page, Summary, page, users};
use crate::wire::clerk_user::ClerkUser;

const LIST: Call = call("list its users");

/// A place in the listing: behind which user it goes on.
pub(super) struct Place {
    clerk: Clerk,
    /// The last user of the page before.
    cursor: Option<String>,
    /// Only users after this moment are asked for, since a cursor was lost.
    since: Option<Timestamp>,
    tail: Tail,
    named: u64,
    counted_before: Option<u64>,
}

impl Place {
    pub(super) fn first(clerk: Clerk) -> Self {
        Self { clerk, cursor: None, since: None, tail: Tail::default(), named: 0, counted_before: None }
    }

    /// The next page; by the time of the last user when they, and so the cursor, are gone.
    async fn ask(&mut self) -> Result<Answer, ProviderError> {
        let answer = self.ask_once().await?;
        let lost = matches!(answer.status.as_u16(), 400 | 404 | 410 | 422);
        let (true, Some(_), Some(moment)) = (lost, &self.cursor, self.tail.moment()) else {
            return answer.success(LIST, CREDENTIALS);
        };
        // The parameter excludes its own moment, of which there may be more than was listed.
        self.since = Some(moment.minus(Duration::from_millis(1)));
        self.cursor = None;
        self.ask_once().await?.success(LIST, CREDENTIALS)
    }

    async fn ask_once(&self) -> Result<Answer, ProviderError> {
        let mut url = self.clerk.0.users.clone();
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("limit", &self.clerk.0.page.to_string()).append_pair("order_by", "+created_at");
            if let Some(since) = self.since {
                query.append_pair("created_at_after", &since.millis().to_string());
            }
            if let Some(cursor) = &self.cursor {
                query.append_pair("starting_after", cursor);
            }
        }
        self.clerk.ask(LIST, url).await
    }

    /// Takes note of a page that another one follows.
    fn note(&mut self, users: &[Option<ClerkUser>], more: bool) -> Result<(), ProviderError> {
        let unreadable = |what| Err(ProviderError::Unreadable { call: LIST, what });
        let mut new = false;
        for user in users {
            match user.as_ref().and_then(|user| Some((user.subject()?, user.created_at()?))) {
                Some((id, created_at)) if self.tail.names(id, created_at) => {
                    new = true;
                    self.named += 1;
                }
                Some(_) => {}
                None => self.named += 1,
            }
        }
        if !more {
            return Ok(());
        }
        if !new {
            return unreadable("the same page comes again");
        }
        let ids = users.iter().rev().filter_map(|user| user.as_ref()?.subject());
        self.cursor = ids.map(str::to_owned).next();
        Ok(())
    }

    async fn end(self, mut page: Page) -> Turned<Self> {
        let counted_after = self.clerk.count().await?;
        page.summary = Some(Summary { named: self.named, counted_before: self.counted_before, counted_after });
        Ok((page, None))
    }
}

impl read_ahead::Place for Place {
    fn call(&self) -> Call {
        LIST
    }

    async fn turn_over(mut self) -> Turned<Self> {
        if self.named == 0 && self.cursor.is_none() {
            self.counted_before = self.clerk.count().await?;
        }
        let answer = self.ask().await?;
        let raw: Vec<&RawValue> = answer.json(LIST)?;
        let more = raw.len() >= self.clerk.0.page;
        let users: Vec<Option<ClerkUser>> = users(&raw);
        self.note(&users, more)?;
        let page = page(&users, &Provider::clerk(), answer.sent_at);
        if more { Ok((page, Some(self))) } else { self.end(page).await }
    }
}
