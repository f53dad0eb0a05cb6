//! The users of a window by a cursor that survives the deletion of the user it points to.

use serde_json::value::RawValue;

use super::tail::Tail;
use super::window::Window;
use super::{CREDENTIALS, Clerk, LIST};
use crate::clock::Timestamp;
use crate::domain::Provider;
use crate::provider::client::Answer;
use crate::provider::error::{Call, ProviderError};
use crate::provider::read_ahead::{self, Turned};
use crate::provider::users::{Page, Summary, page, users};
use crate::wire::clerk_user::ClerkUser;

/// A place in the listing: behind which user it goes on.
pub(super) struct Place {
    clerk: Clerk,
    window: Window,
    /// The last user of the page before.
    cursor: Option<String>,
    /// Only users from this moment on are asked for, since a cursor was lost.
    since: Option<Timestamp>,
    /// How many users may come again for that.
    repeats: usize,
    tail: Tail,
    named: u64,
    counted_before: Option<u64>,
}

impl Place {
    pub(super) fn first(clerk: Clerk, window: Window) -> Self {
        Self {
            clerk,
            window,
            cursor: None,
            since: None,
            repeats: 0,
            tail: Tail::default(),
            named: 0,
            counted_before: None,
        }
    }

    /// The next page; by the time of the last user when they, and so the cursor, are gone.
    async fn ask(&mut self) -> Result<Answer, ProviderError> {
        let answer = self.ask_once().await?;
        let lost = matches!(answer.status.as_u16(), 400 | 404 | 410 | 422);
        let (true, Some(_), Some(moment)) = (lost, &self.cursor, self.tail.moment()) else {
            return answer.success(LIST, CREDENTIALS);
        };
        // That moment too, for there may be more of it than was listed.
        self.since = Some(moment);
        self.repeats = self.tail.of_that_moment();
        self.cursor = None;
        self.ask_once().await?.success(LIST, CREDENTIALS)
    }

    async fn ask_once(&self) -> Result<Answer, ProviderError> {
        let mut url = self.clerk.it.users.clone();
        let limit = self.clerk.it.page.to_string();
        url.query_pairs_mut().append_pair("limit", &limit).append_pair("order_by", "+created_at");
        Window { from: self.since.or(self.window.from), ..self.window }.filter(&mut url);
        if let Some(cursor) = &self.cursor {
            url.query_pairs_mut().append_pair("starting_after", cursor);
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
            // A whole page of the lost cursor's moment may come again, but no more than there were.
            let Some(left) = self.repeats.checked_sub(users.len()) else {
                return unreadable("the same page comes again");
            };
            self.repeats = left;
        }
        let ids = users.iter().rev().filter_map(|user| user.as_ref()?.subject());
        self.cursor = ids.map(str::to_owned).next();
        Ok(())
    }

    async fn end(self, mut page: Page) -> Turned<Self> {
        let counted_after = self.clerk.count(self.window).await?;
        page.summary = Some(Summary { named: self.named, counted_before: self.counted_before, counted_after });
        Ok((page, None))
    }
}

impl read_ahead::Place for Place {
    type Page = Page;

    fn call(&self) -> Call {
        LIST
    }

    async fn turn_over(mut self) -> Turned<Self> {
        if self.named == 0 && self.cursor.is_none() {
            self.counted_before = self.clerk.count(self.window).await?;
        }
        let answer = self.ask().await?;
        let raw: Vec<&RawValue> = answer.json(LIST)?;
        let more = raw.len() >= self.clerk.it.page;
        let users: Vec<Option<ClerkUser>> = users(&raw);
        self.note(&users, more)?;
        let page = page(&users, &Provider::clerk(), answer.sent_at);
        if more { Ok((page, Some(self))) } else { self.end(page).await }
    }
}
