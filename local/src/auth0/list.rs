//! Searching users by pages. A page in order of creation costs the page and what lies before it.

use std::ops::Bound;

use super::Auth0StandIn;
use super::query::{Named, Query};
use super::refused::Refused;
use super::register::Register;
use super::user::User;
use crate::stand_in::lock;

/// How many users can be paged through.
pub(super) const CAP: usize = 1000;

/// Which page, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOf {
    /// From 0.
    pub page: usize,
    /// 0 to 100.
    pub per_page: usize,
    /// A field of the user, and whether the largest comes first.
    pub sort: (String, bool),
}

impl Default for PageOf {
    fn default() -> Self {
        Self { page: 0, per_page: 50, sort: ("created_at".to_owned(), false) }
    }
}

/// A page of users.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// How many come before it.
    pub start: usize,
    /// Those on it.
    pub users: Vec<User>,
    /// How many match, beyond the cap too.
    pub total: usize,
}

impl Auth0StandIn {
    /// A page of users, as `GET /api/v2/users` gives it; the faults of listings do not apply.
    pub fn list(&self, query: &Query, page: &PageOf) -> Result<Page, Refused> {
        lock(&self.it.register).page(query, page, None)
    }

    /// How many users a query names.
    pub fn count(&self, query: &Query) -> usize {
        lock(&self.it.register).count(query)
    }
}

impl Register {
    /// A page; `known` cuts the listing to the eldest so many users.
    pub(super) fn page(&self, query: &Query, page: &PageOf, known: Option<usize>) -> Result<Page, Refused> {
        let start = page.page.saturating_mul(page.per_page);
        if start.saturating_add(page.per_page) > CAP {
            return Err(Refused::PastTheCap);
        }
        let end = known.and_then(|known| self.by_created().iter().nth(known));
        let is_known =
            |user: &&User| end.is_none_or(|(created_at, id)| (user.created_at, &user.user_id) < (*created_at, id));
        let found = self.found(query, &page.sort);
        let users = found.filter(|user| query.matches(user)).filter(is_known);
        let users = users.skip(start).take(page.per_page).cloned().collect();
        Ok(Page { start, users, total: self.count(query) })
    }

    /// At most so many users who were made after the place, in the order of their creation, and no later than `until`.
    pub(super) fn behind(&self, place: &(i64, String), until: i64, most: usize) -> Vec<User> {
        let places = self.by_created().range((Bound::Excluded(place), Bound::Unbounded));
        let places = places.take_while(|(created_at, _)| *created_at <= until).take(most);
        places.filter_map(|(_, user_id)| self.user(user_id)).cloned().collect()
    }

    fn count(&self, query: &Query) -> usize {
        if *query == Query::default() {
            return self.len();
        }
        let found = self.found(query, &PageOf::default().sort);
        if query.is_window() { found.count() } else { found.filter(|user| query.matches(user)).count() }
    }

    /// Candidates in order: no fewer than the query names.
    fn found<'a>(
        &'a self,
        query: &Query,
        (field, descending): &(String, bool),
    ) -> Box<dyn Iterator<Item = &'a User> + 'a> {
        let named: Option<Vec<&User>> = query.named().map(|named| match named {
            // Identifiers are searched without regard to case, which the index does not know.
            Named::Id(id) => match self.user(id) {
                Some(user) => vec![user],
                None => self.users().collect(),
            },
            Named::Email(email) => self.with_email(email),
        });
        if field != "created_at" || named.is_some() {
            let users = named.unwrap_or_else(|| self.users().collect());
            return Box::new(sorted(users, field, *descending).into_iter());
        }
        let (from, to) = query.window();
        if from > to {
            return Box::new(std::iter::empty());
        }
        let from = (from, String::new());
        let places = match to.checked_add(1) {
            Some(end) => self.by_created().range(from..(end, String::new())),
            None => self.by_created().range(from..),
        };
        let users = |(_, user_id): &'a (i64, String)| self.user(user_id);
        if *descending { Box::new(places.rev().filter_map(users)) } else { Box::new(places.filter_map(users)) }
    }
}

/// In the order of a field as JSON spells it: ISO 8601 sorts as time does, and absent comes first.
fn sorted<'a>(mut users: Vec<&'a User>, field: &str, descending: bool) -> Vec<&'a User> {
    users.sort_by_cached_key(|user| {
        let value = user.to_json().get(field).cloned().unwrap_or_default();
        let text = value.as_str().map(str::to_lowercase);
        (value.as_i64(), value.as_bool(), text, user.user_id.clone())
    });
    if descending {
        users.reverse();
    }
    users
}
