//! The writes: create, change, delete.

use super::StripeStandIn;
use super::body::{NewCustomer, apply};
use super::customer::Customer;
use super::form::Form;
use super::refused::Refused;
use crate::stand_in::{clock, lock};

/// The letters and digits of an id behind `cus_`.
const DRAWN: usize = 14;

impl StripeStandIn {
    /// Puts a customer in as it is, without a request; one whose id is there already is left alone.
    pub fn add(&self, new: NewCustomer) -> Customer {
        let mut register = lock(&self.it.register);
        let id = new.id.unwrap_or_else(|| register.draw.letters("cus_", DRAWN));
        let customer = Customer {
            created: new.created.unwrap_or_else(|| clock::now_ms() / 1000),
            email: new.email,
            name: new.name,
            metadata: new.metadata,
            test_clock: new.test_clock,
            id,
            ..Customer::default()
        };
        register.put(customer.clone());
        customer
    }

    /// Deletes a customer, for good.
    pub fn delete(&self, id: &str) -> Result<Customer, Refused> {
        let mut register = lock(&self.it.register);
        let customer = register.customer_mut(id).filter(|customer| !customer.deleted);
        let customer = customer.ok_or_else(|| Refused::NoCustomer("id", id.to_owned()))?;
        *customer =
            Customer { id: customer.id.clone(), created: customer.created, deleted: true, ..Customer::default() };
        Ok(customer.clone())
    }

    pub(super) fn create(&self, form: &Form) -> Result<Customer, Refused> {
        let mut customer = Customer { created: clock::now_ms() / 1000, ..Customer::default() };
        apply(form, true, &mut customer)?;
        let mut register = lock(&self.it.register);
        customer.id = register.draw.letters("cus_", DRAWN);
        register.put(customer.clone());
        Ok(customer)
    }

    pub(super) fn change(&self, id: &str, form: &Form) -> Result<Customer, Refused> {
        let mut register = lock(&self.it.register);
        let customer = register.customer_mut(id).filter(|customer| !customer.deleted);
        let customer = customer.ok_or_else(|| Refused::NoCustomer("id", id.to_owned()))?;
        apply(form, false, customer)?;
        Ok(customer.clone())
    }
}
