//! Searching users by pages. A page in order of creation costs the page and what lies before it.

use std::borrow::Cow;
use std::ops::{Bound, Range};

use super::Auth0StandIn;
use super::crowd::invented;
use super::query::{Named, Query};
use super::refused::Refused;
use super::register::Register;
use super::user::User;
use crate::stand_in::crowd::{Known, joined};
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
        let known = Known::eldest(known, &self.crowd, self.by_created().iter());
        let users = self.found(query, &page.sort, start, &known).take(page.per_page).map(Cow::into_owned).collect();
        Ok(Page { start, users, total: self.count(query) })
    }

    fn count(&self, query: &Query) -> usize {
        if *query == Query::default() {
            return self.len();
        }
        if query.is_window() {
            let of_crowd = self.crowd.living_in(&self.numbers(query));
            return places(self, query).count() + usize::try_from(of_crowd).unwrap_or(usize::MAX);
        }
        self.found(query, &PageOf::default().sort, 0, &Known::All).count()
    }

    /// The users that a query names, in order, without the first `skip`. The crowd keeps its own order in an order of
    /// another field than the time of creation.
    fn found<'a>(
        &'a self,
        query: &'a Query,
        (field, descending): &(String, bool),
        skip: usize,
        known: &'a Known<Place>,
    ) -> Found<'a> {
        if let Some(named) = query.named() {
            let users = match named {
                // Identifiers are searched without regard to case, which the index does not know.
                Named::Id(id) => match self.anyone(id) {
                    Some(user) => vec![user],
                    None => self.users().map(Cow::Borrowed).collect(),
                },
                Named::Email(email) => self.anyone_with_email(email),
            };
            let users = users.into_iter().filter(|user| self.is_known(known, user) && query.matches(user)).collect();
            return Box::new(sorted(users, field, *descending).into_iter().skip(skip));
        }
        let places = places(self, query).filter(|place| known.has_place(place));
        let users = places.filter_map(|(_, id)| self.user(id)).map(Cow::Borrowed);
        let stored: Found<'a> = match (field == "created_at", *descending) {
            (true, false) => Box::new(users),
            (true, true) => Box::new(users.rev()),
            (false, descending) => Box::new(sorted(users.collect(), field, descending).into_iter()),
        };
        let crowd = self.crowd.crowd();
        let user = move |number| Cow::Owned(invented(&crowd, number));
        let numbers = known.of(self.numbers(query));
        if query.is_window() {
            return joined(&self.crowd, numbers, user, stored, (*descending, skip));
        }
        let all = joined(&self.crowd, numbers, user, stored, (*descending, 0));
        Box::new(all.filter(|user| query.matches(user)).skip(skip))
    }

    fn is_known(&self, known: &Known<Place>, user: &User) -> bool {
        match self.user(&user.user_id) {
            Some(stored) => known.has_place(&(stored.created_at, stored.user_id.clone())),
            None => known.has_number(self.crowd.between(user.created_at, i64::MAX).start),
        }
    }

    /// The numbers of the crowd that were made in the query's window.
    fn numbers(&self, query: &Query) -> Range<u64> {
        let (from, to) = query.window();
        self.crowd.between(from, to.saturating_add(1))
    }
}

type Place = (i64, String);
type Found<'a> = Box<dyn Iterator<Item = Cow<'a, User>> + 'a>;

/// The places of stored users in a query's window.
fn places<'a>(register: &'a Register, query: &Query) -> impl DoubleEndedIterator<Item = &'a Place> + use<'a> {
    let (from, to) = query.window();
    let end = to.checked_add(1).map_or(Bound::Unbounded, |end| Bound::Excluded((end.max(from), String::new())));
    register.by_created().range((Bound::Included((from, String::new())), end))
}

/// In the order of a field as JSON spells it: ISO 8601 sorts as time does, and absent comes first.
fn sorted<'a>(mut users: Vec<Cow<'a, User>>, field: &str, descending: bool) -> Vec<Cow<'a, User>> {
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
