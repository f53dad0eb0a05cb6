//! Listings and counts. A page in order of creation costs the page, however deep it lies.

use std::borrow::Cow;

use super::ClerkStandIn;
use super::crowd::invented;
use super::filter::Filter;
use super::order::sorted;
use super::page::{Order, OrderBy, PageOf};
use super::range::{Cursor, Place, numbers, places};
use super::refused::Refused;
use super::register::Register;
use super::user::User;
use crate::stand_in::crowd::{Known, joined};
use crate::stand_in::lock;

type Found<'a> = Box<dyn Iterator<Item = Cow<'a, User>> + 'a>;

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
        if filter.is_window() {
            let crowd = register.crowd.living_in(&numbers(&register.crowd, filter, false, None));
            return places(&register, filter, false, None).count() + usize::try_from(crowd).unwrap_or(usize::MAX);
        }
        register.found(filter, Order::default(), None, 0, &Known::All).count()
    }
}

impl Register {
    /// A page; `known` cuts the listing to the eldest so many users.
    pub(super) fn page(&self, filter: &Filter, page: &PageOf, known: Option<usize>) -> Result<Vec<User>, Refused> {
        let cursor = page.starting_after.as_ref().map(|id| self.cursor(id)).transpose()?;
        let known = Known::eldest(known, &self.crowd, self.by_created().iter());
        let found = self.found(filter, page.order, cursor.as_ref(), page.offset, &known);
        Ok(found.take(page.limit).map(Cow::into_owned).collect())
    }

    fn cursor(&self, id: &str) -> Result<Cursor, Refused> {
        let stored = self.user(id).map(|user| Cursor::Stored((user.created_at, user.id.clone())));
        let cursor = stored.or_else(|| self.number(id).map(Cursor::Crowd));
        cursor.ok_or_else(|| Refused::NotFound("user", id.to_owned()))
    }

    /// The users that a filter names, in order, behind the cursor and without the first `skip`. The crowd keeps its
    /// own order in an order of another field than the time of creation.
    fn found<'a>(
        &'a self,
        filter: &'a Filter,
        order: Order,
        cursor: Option<&'a Cursor>,
        skip: usize,
        known: &'a Known<Place>,
    ) -> Found<'a> {
        let descending = order.descending;
        let is_known = |user: &&User| known.has_place(&(user.created_at, user.id.clone()));
        if let Some(named) = self.named(filter) {
            let named = named.into_iter().filter(|user| self.is_left(user, descending, cursor, known));
            let named = named.filter(|user| filter.matches(user)).collect();
            return Box::new(sorted(named, order).into_iter().skip(skip));
        }
        let user = |(_, id): &'a Place| self.user(id);
        let stored: Found<'a> = match order.by {
            OrderBy::CreatedAt => {
                let users = places(self, filter, descending, cursor).filter_map(user).filter(is_known);
                if descending { Box::new(users.rev().map(Cow::Borrowed)) } else { Box::new(users.map(Cow::Borrowed)) }
            }
            OrderBy::UpdatedAt => {
                let users = self.by_updated().iter().filter_map(user).filter(is_known);
                if descending { Box::new(users.rev().map(Cow::Borrowed)) } else { Box::new(users.map(Cow::Borrowed)) }
            }
            _ => {
                let users = self.users().filter(is_known).map(Cow::Borrowed).collect();
                Box::new(sorted(users, order).into_iter())
            }
        };
        let stored: Found<'a> = Box::new(stored.filter(|user| filter.matches(user)));
        let crowd = self.crowd.crowd();
        let user = move |number| Cow::Owned(invented(&crowd, number));
        let numbers = known.of(numbers(&self.crowd, filter, descending, cursor));
        if filter.is_window() {
            return joined(&self.crowd, numbers, user, stored, (descending, skip));
        }
        let all = joined(&self.crowd, numbers, user, stored, (descending, 0));
        Box::new(all.filter(|user| filter.matches(user)).skip(skip))
    }

    /// Whether cursor and fault leave somebody who was named.
    fn is_left(&self, user: &User, descending: bool, cursor: Option<&Cursor>, known: &Known<Place>) -> bool {
        if self.user(&user.id).is_some() {
            let place = (user.created_at, user.id.clone());
            return known.has_place(&place) && cursor.is_none_or(|cursor| cursor.leaves_place(&place, descending));
        }
        self.number(&user.id).is_some_and(|number| {
            known.has_number(number) && cursor.is_none_or(|cursor| cursor.leaves_number(number, descending))
        })
    }

    /// The users that a filter names one by one, if it does.
    fn named(&self, filter: &Filter) -> Option<Vec<Cow<'_, User>>> {
        let included = filter.user_id.iter().filter(|id| !id.starts_with('-'));
        let mut ids: Vec<String> = included.map(|id| id.strip_prefix('+').unwrap_or(id).to_owned()).collect();
        if ids.is_empty() {
            if filter.email_address.is_empty() {
                return None;
            }
            let stored = |address: &String| self.with_email(address).map(str::to_owned);
            let addresses = filter.email_address.iter();
            ids = addresses.flat_map(|it| [stored(it), self.crowd_id_with_email(it)]).flatten().collect();
        }
        ids.sort_unstable();
        ids.dedup();
        Some(ids.into_iter().filter_map(|id| self.anyone(&id)).collect())
    }
}
