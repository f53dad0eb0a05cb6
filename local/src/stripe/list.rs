//! Listings: newest first, by the ids of customers as cursors.

use super::StripeStandIn;
use super::customer::Customer;
use super::form::Form;
use super::refused::Refused;
use super::register::Register;
use crate::stand_in::lock;

/// What `GET /v1/customers` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOf {
    /// 1 to 100; 10 when absent.
    pub limit: Option<usize>,
    /// Older ones than this customer.
    pub starting_after: Option<String>,
    /// Newer ones than this customer.
    pub ending_before: Option<String>,
    /// Exactly this address, case and all.
    pub email: Option<String>,
    /// Made in a second that satisfies all of these.
    pub created: Vec<(Bound, i64)>,
    /// Of this clock; without it, of none.
    pub test_clock: Option<String>,
}

/// A comparison with the second in which a customer was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Exactly then.
    Equal,
    /// Later.
    Greater,
    /// Then or later.
    GreaterOrEqual,
    /// Earlier.
    Less,
    /// Then or earlier.
    LessOrEqual,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its customers.
    pub customers: Vec<Customer>,
    /// Whether there are more in that direction.
    pub has_more: bool,
}

const NAMES: [&str; 6] = ["limit", "starting_after", "ending_before", "email", "created", "test_clock"];

impl PageOf {
    pub(super) fn read(query: &str) -> Result<Self, Refused> {
        let form = Form::read(query.as_bytes());
        form.only(&NAMES, &["created"])?;
        let limit = match form.whole("limit")? {
            None => None,
            Some(limit @ 1..=100) => usize::try_from(limit).ok(),
            Some(_) => return Err(Refused::Invalid("limit", "must be from 1 to 100")),
        };
        let text = |name| form.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let page = Self {
            limit,
            starting_after: text("starting_after"),
            ending_before: text("ending_before"),
            email: text("email"),
            created: created(&form)?,
            test_clock: text("test_clock"),
        };
        if page.starting_after.is_some() && page.ending_before.is_some() {
            return Err(Refused::Invalid("ending_before", "cannot be used together with starting_after"));
        }
        Ok(page)
    }

    fn takes(&self, customer: &Customer) -> bool {
        let made = customer.created;
        let then = |(bound, second): &(Bound, i64)| match bound {
            Bound::Equal => made == *second,
            Bound::Greater => made > *second,
            Bound::GreaterOrEqual => made >= *second,
            Bound::Less => made < *second,
            Bound::LessOrEqual => made <= *second,
        };
        !customer.deleted
            && customer.test_clock == self.test_clock
            && self.email.as_ref().is_none_or(|email| customer.email.as_ref() == Some(email))
            && self.created.iter().all(then)
    }
}

fn created(form: &Form) -> Result<Vec<(Bound, i64)>, Refused> {
    let exactly = form.whole("created")?.map(|second| Ok((Bound::Equal, second)));
    let keyed = form.keyed("created").map(|(key, text)| {
        let bound = match key {
            "gt" => Bound::Greater,
            "gte" => Bound::GreaterOrEqual,
            "lt" => Bound::Less,
            "lte" => Bound::LessOrEqual,
            _ => return Err(Refused::Unknown(format!("created[{key}]"))),
        };
        text.parse().map(|second| (bound, second)).map_err(|_| Refused::NotWhole(format!("created[{key}]")))
    });
    exactly.into_iter().chain(keyed).collect()
}

impl StripeStandIn {
    /// A page of the customers; `eldest` leaves out all but so many of the eldest ones.
    pub fn list(&self, page: &PageOf, eldest: Option<usize>) -> Result<Listed, Refused> {
        let register = lock(&self.it.register);
        let limit = page.limit.unwrap_or(10);
        let known = |customer: &&Customer| page.takes(customer) && is_eldest(&register, customer, eldest);
        let mut customers: Vec<Customer> = match (&page.starting_after, &page.ending_before) {
            (Some(id), _) => {
                let place = register.place(id).ok_or_else(|| Refused::NoCustomer("starting_after", id.clone()))?;
                register.before(place).filter(known).take(limit + 1).cloned().collect()
            }
            (None, Some(id)) => {
                let place = register.place(id).ok_or_else(|| Refused::NoCustomer("ending_before", id.clone()))?;
                register.after(place).filter(known).take(limit + 1).cloned().collect()
            }
            (None, None) => register.newest_first().filter(known).take(limit + 1).cloned().collect(),
        };
        let has_more = customers.len() > limit;
        customers.truncate(limit);
        if page.ending_before.is_some() {
            customers.reverse();
        }
        Ok(Listed { customers, has_more })
    }
}

fn is_eldest(register: &Register, customer: &Customer, many: Option<usize>) -> bool {
    let Some(many) = many else { return true };
    let eldest = register.newest_first().rev().filter(|other| !other.deleted).take(many);
    eldest.into_iter().any(|other| other.id == customer.id)
}
