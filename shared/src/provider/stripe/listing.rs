//! Customers by pages, each behind the last customer of the page before; that one may be deleted meanwhile.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{CREDENTIALS, Stripe, call};
use crate::clock::Timestamp;
use crate::domain::Customer;
use crate::provider::error::{Call, ProviderError};
use crate::provider::read_ahead::{self, Turned};
use crate::wire::lenient::{Flag, Text};
use crate::wire::stripe_customer::CustomerObject;

pub(super) const LIST: Call = call("list its customers");

/// A page of customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerPage {
    /// Its customers, newest first, none of them twice.
    pub customers: Vec<Customer>,
    /// How many cannot be read: without a time, or with an id that is not Stripe's own.
    pub odd: u32,
}

/// A place in the listing: behind which customer it goes on.
pub(super) struct Place {
    stripe: Stripe,
    since: Option<Timestamp>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(default)]
    object: Text,
    #[serde(default)]
    has_more: Flag,
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

impl Place {
    pub(super) fn first(stripe: Stripe, since: Option<Timestamp>) -> Self {
        Self { stripe, since, cursor: None }
    }
}

impl read_ahead::Place for Place {
    type Page = CustomerPage;

    fn call(&self) -> Call {
        LIST
    }

    async fn turn_over(mut self) -> Turned<Self> {
        let mut url = self.stripe.it.customers.clone();
        url.query_pairs_mut().append_pair("limit", &self.stripe.it.page.to_string());
        if let Some(since) = self.since {
            url.query_pairs_mut().append_pair("created[gte]", &since.seconds().to_string());
        }
        if let Some(cursor) = &self.cursor {
            url.query_pairs_mut().append_pair("starting_after", cursor);
        }
        let answer = self.stripe.ask(LIST, url).await?.success(LIST, CREDENTIALS)?;
        let told: List = answer.json(LIST)?;
        let unreadable = |what| Err(ProviderError::Unreadable { call: LIST, what });
        if told.object.text() != Some("list") {
            return unreadable("the answer is no list");
        }
        let objects: Vec<Option<CustomerObject>> =
            told.data.iter().map(|raw| serde_json::from_str(raw.get()).ok()).collect();
        let page = page(&objects);
        if !told.has_more.is_set() {
            return Ok((page, None));
        }
        let last = objects.iter().rev().find_map(|object| object.as_ref()?.id()).map(str::to_owned);
        match last {
            None => unreadable("a page without customers promises more of them"),
            Some(_) if last == self.cursor => unreadable("the same page comes again"),
            Some(_) => {
                self.cursor = last;
                Ok((page, Some(self)))
            }
        }
    }
}

fn page(objects: &[Option<CustomerObject>]) -> CustomerPage {
    let mut page = CustomerPage { customers: Vec::with_capacity(objects.len()), odd: 0 };
    for object in objects {
        match object.as_ref().and_then(CustomerObject::customer) {
            Some(customer) => page.customers.push(customer),
            None => page.odd += 1,
        }
    }
    page.customers.dedup_by(|one, other| one.id == other.id);
    page
}
