//! The customers, in the order in which they were made.

use std::collections::{BTreeMap, HashMap};

use super::customer::Customer;
use crate::stand_in::draw::Draw;

/// The second in which a customer was made, and how many were put in before it.
pub(super) type Place = (i64, u64);

/// Every customer, deleted ones too.
#[derive(Debug)]
pub(super) struct Register {
    customers: BTreeMap<Place, Customer>,
    places: HashMap<String, Place>,
    put: u64,
    pub(super) draw: Draw,
}

impl Register {
    pub(super) fn new(seed: u64) -> Self {
        Self { customers: BTreeMap::new(), places: HashMap::new(), put: 0, draw: Draw::new(seed) }
    }

    pub(super) fn customer(&self, id: &str) -> Option<&Customer> {
        self.customers.get(self.places.get(id)?)
    }

    pub(super) fn customer_mut(&mut self, id: &str) -> Option<&mut Customer> {
        self.customers.get_mut(self.places.get(id)?)
    }

    pub(super) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// Adds a customer; one whose id is there already is left alone.
    pub(super) fn put(&mut self, customer: Customer) {
        if self.places.contains_key(&customer.id) {
            return;
        }
        let place = (customer.created, self.put);
        self.put += 1;
        self.places.insert(customer.id.clone(), place);
        self.customers.insert(place, customer);
    }

    /// Everybody, the newest first.
    pub(super) fn newest_first(&self) -> impl DoubleEndedIterator<Item = &Customer> {
        self.customers.values().rev()
    }

    /// Those made after a place, in the order in which they were made.
    pub(super) fn after(&self, place: Place) -> impl Iterator<Item = &Customer> {
        self.customers.range((std::ops::Bound::Excluded(place), std::ops::Bound::Unbounded)).map(|(_, it)| it)
    }

    /// Those made before a place, the newest first.
    pub(super) fn before(&self, place: Place) -> impl Iterator<Item = &Customer> {
        self.customers.range(..place).rev().map(|(_, it)| it)
    }
}
