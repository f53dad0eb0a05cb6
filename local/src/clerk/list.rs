//! Listings and counts. A page in order of creation costs the page, however deep it lies.

use std::ops::Bound;

use super::ClerkStandIn;
use super::filter::Filter;
use super::order::sorted;
use super::page::{Order, OrderBy, PageOf};
use super::refused::Refused;
use super::register::Register;
use super::user::User;
use crate::stand_in::lock;

type Place = (i64, String);

impl ClerkStandIn {
    /// A page of users, as `GET /v1/users` gives it; the faults of listings do not apply.
    ///
    /// A cursor that names no user is refused with 404: the specification does not say.
    pub fn list(&self, filter: &Filter, page: &PageOf) -> Result<Vec<User>, Refused> {
        lock(&self.it.register).page(filter, page, None)
    }

    /// How many users a filter names.
    pub fn count(&self, filter: &Filter) -> usize {
        let register = lock(&self.it.register);
        if *filter == Filter::default() {
            return register.len();
        }
        let found = register.found(filter, Order::default(), None);
        if filter.is_window() { found.count() } else { found.filter(|user| filter.matches(user)).count() }
    }
}

impl Register {
    /// A page; `known` cuts the listing to the eldest so many users.
    pub(super) fn page(&self, filter: &Filter, page: &PageOf, known: Option<usize>) -> Result<Vec<User>, Refused> {
        let cursor = match &page.starting_after {
            None => None,
            Some(id) => {
                let user = self.user(id).ok_or_else(|| Refused::NotFound("user", id.clone()))?;
                Some((user.created_at, user.id.clone()))
            }
        };
        let end = known.and_then(|known| self.by_created().iter().nth(known));
        let is_known =
            |user: &&User| end.is_none_or(|(created_at, id)| (user.created_at, &user.id) < (*created_at, id));
        let found = self.found(filter, page.order, cursor.as_ref());
        let matching = found.filter(|user| filter.matches(user)).filter(is_known);
        Ok(matching.skip(page.offset).take(page.limit).cloned().collect())
    }

    /// Candidates in order: no fewer than the filter names.
    fn found<'a>(
        &'a self,
        filter: &Filter,
        order: Order,
        cursor: Option<&Place>,
    ) -> Box<dyn Iterator<Item = &'a User> + 'a> {
        if let Some(named) = self.named(filter) {
            let after = move |user: &&User| match cursor {
                None => true,
                Some((at, id)) if order.descending => (user.created_at, &user.id) < (*at, id),
                Some((at, id)) => (user.created_at, &user.id) > (*at, id),
            };
            let named = named.into_iter().filter(after).collect();
            return Box::new(sorted(named, order).into_iter());
        }
        let users = |place: &'a Place| self.user(&place.1);
        match order {
            Order { by: OrderBy::CreatedAt, descending } => {
                let Some(range) = range(filter, descending, cursor) else {
                    return Box::new(std::iter::empty());
                };
                let places = self.by_created().range(range);
                if descending { Box::new(places.rev().filter_map(users)) } else { Box::new(places.filter_map(users)) }
            }
            Order { by: OrderBy::UpdatedAt, descending } => {
                let places = self.by_updated().iter();
                if descending { Box::new(places.rev().filter_map(users)) } else { Box::new(places.filter_map(users)) }
            }
            _ => Box::new(sorted(self.users().collect(), order).into_iter()),
        }
    }

    /// The users that a filter names one by one, if it does.
    fn named(&self, filter: &Filter) -> Option<Vec<&User>> {
        let mut ids: Vec<&str> = filter
            .user_id
            .iter()
            .filter(|id| !id.starts_with('-'))
            .map(|id| id.strip_prefix('+').unwrap_or(id))
            .collect();
        if ids.is_empty() {
            ids = filter.email_address.iter().filter_map(|address| self.with_email(address)).collect();
            if filter.email_address.is_empty() {
                return None;
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Some(ids.into_iter().filter_map(|id| self.user(id)).collect())
    }
}

/// The part of the order of creation that filter and cursor leave; nothing if they leave none.
fn range(filter: &Filter, descending: bool, cursor: Option<&Place>) -> Option<(Bound<Place>, Bound<Place>)> {
    let first = |ms: i64| (ms, String::new());
    let mut low = filter.created_at_after.map(|after| first(after.saturating_add(1)));
    let mut high = filter.created_at_before.map(first);
    let mut low_is_cursor = false;
    if let Some(cursor) = cursor {
        if descending {
            high = Some(high.map_or(cursor.clone(), |high| high.min(cursor.clone())));
        } else if low.as_ref().is_none_or(|low| low <= cursor) {
            low = Some(cursor.clone());
            low_is_cursor = true;
        }
    }
    if let (Some(low), Some(high)) = (&low, &high)
        && low >= high
    {
        return None;
    }
    let low = match low {
        None => Bound::Unbounded,
        Some(place) if low_is_cursor => Bound::Excluded(place),
        Some(place) => Bound::Included(place),
    };
    Some((low, high.map_or(Bound::Unbounded, Bound::Excluded)))
}
