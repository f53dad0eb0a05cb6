//! All users by pages, up to the thousand that Auth0's search can page.

use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Auth0, CREDENTIALS, call};
use crate::domain::Provider;
use crate::provider::client::Answer;
use crate::provider::error::{Call, ProviderError};
use crate::provider::read_ahead::{self, Turned};
use crate::provider::users::{Summary, page, users};
use crate::wire::auth0_user::Auth0User;
use crate::wire::lenient::{Text, Whole};

const LIST: Call = call("list its users");
/// Past this many rows the search answers 400, whatever the total.
pub(super) const CAP: u64 = 1000;

/// A place in the listing: which page of which size comes next.
pub(super) struct Place {
    auth0: Auth0,
    page: u64,
    per_page: u64,
    /// Rows from the first one on, without a gap, that were named so far.
    covered: u64,
    first_total: Option<u64>,
    last_subject: Option<String>,
}

/// `GET /api/v2/users` with `include_totals`.
#[derive(Deserialize)]
struct RawPage<'a> {
    #[serde(default)]
    start: Whole,
    #[serde(default)]
    limit: Whole,
    #[serde(default)]
    total: Whole,
    #[serde(borrow)]
    users: Vec<&'a RawValue>,
}

/// The Management API's error.
#[derive(Deserialize)]
struct Refusal {
    message: Text,
}

/// What a page said of itself, in rows.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    length: u64,
    limit: u64,
    total: Option<u64>,
}

impl Place {
    pub(super) fn first(auth0: Auth0, per_page: u32) -> Self {
        let per_page = u64::from(per_page);
        Self { auth0, page: 0, per_page, covered: 0, first_total: None, last_subject: None }
    }

    async fn ask(&self) -> Result<Answer, ProviderError> {
        let mut url = self.auth0.0.users.clone();
        url.query_pairs_mut()
            .append_pair("page", &self.page.to_string())
            .append_pair("per_page", &self.per_page.to_string())
            .append_pair("include_totals", "true")
            .append_pair("sort", "created_at:1")
            .append_pair("fields", Auth0User::FIELDS)
            .append_pair("include_fields", "true");
        let answer = self.auth0.ask(LIST, &url).await?;
        if is_capped(&answer) {
            return Err(ProviderError::Capped { call: LIST });
        }
        answer.success(LIST, CREDENTIALS)
    }

    fn span(&self, raw: &RawPage<'_>) -> Span {
        let told = |number: Whole| number.number().and_then(|number| u64::try_from(number).ok());
        Span {
            start: told(raw.start).unwrap_or(self.page * self.per_page),
            length: raw.users.len() as u64,
            limit: told(raw.limit).filter(|limit| (1..=self.per_page).contains(limit)).unwrap_or(self.per_page),
            total: told(raw.total),
        }
    }

    /// Takes note of a page; `true` when it was the last one.
    fn note(&mut self, span: Span, subject: Option<&str>) -> Result<bool, ProviderError> {
        let end = span.start.saturating_add(span.length);
        if end >= CAP || span.total.is_some_and(|total| total >= CAP) {
            return Err(ProviderError::Capped { call: LIST });
        }
        let unreadable = |what| Err(ProviderError::Unreadable { call: LIST, what });
        if span.start > self.covered {
            return unreadable("a page begins behind the one that was asked for");
        }
        let smaller = span.limit < self.per_page;
        let repeated = subject.is_some() && subject == self.last_subject.as_deref();
        self.first_total = self.first_total.or(span.total);
        // A total below what was named already tells nothing of the end.
        let short = span.length < span.limit;
        let last = span.length == 0 || span.total.map_or(short, |total| end == total || (end > total && short));
        if !last && !smaller && (end <= self.covered || repeated) {
            return unreadable("the same page comes again");
        }
        self.covered = self.covered.max(end);
        self.last_subject = subject.map(str::to_owned);
        // Pages are counted in their own size: one that came short sets the size of those after it.
        self.per_page = span.limit.min(span.length.max(1));
        self.page = self.covered / self.per_page;
        Ok(last)
    }
}

impl read_ahead::Place for Place {
    type Page = crate::provider::Page;

    fn call(&self) -> Call {
        LIST
    }

    async fn turn_over(mut self) -> Turned<Self> {
        let answer = self.ask().await?;
        let raw: RawPage<'_> = answer.json(LIST)?;
        let span = self.span(&raw);
        let users: Vec<Option<Auth0User>> = users(&raw.users);
        let last = self.note(span, users.last().and_then(|user| user.as_ref()?.subject()))?;
        let mut page = page(&users, &Provider::auth0(), answer.sent_at);
        if !last {
            return Ok((page, Some(self)));
        }
        let (counted_before, counted_after) = (self.first_total, span.total);
        page.summary = Some(Summary { named: self.covered, counted_before, counted_after });
        Ok((page, None))
    }
}

/// Whether the search says that its cap is met: `You can only page through the first 1000 records. …`
pub(super) fn is_capped(answer: &Answer) -> bool {
    let speaks_of_it =
        |refusal: Refusal| refusal.message.text().is_some_and(|text| text.contains("first 1000 records"));
    answer.status == StatusCode::BAD_REQUEST && serde_json::from_slice(&answer.body).is_ok_and(speaks_of_it)
}
