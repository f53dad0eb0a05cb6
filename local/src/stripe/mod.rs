//! A stand-in of Stripe: its customers, and the part of its API that knows them.
//!
//! It follows Stripe's published specification of version 2026-07-29.dahlia. Where that is silent, the doc comment of the
//! place says what is assumed.

mod body;
mod customer;
mod faults;
mod form;
mod http;
mod idempotency;
mod list;
mod options;
mod refused;
mod register;
mod snapshot;
mod writes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::stand_in::front::Front;
use crate::stand_in::limit::{Bucket, Rate};
use crate::stand_in::{clock, lock};

pub use body::NewCustomer;
pub use customer::Customer;
pub use faults::StripeFaults;
pub use list::{Listed, PageOf};
pub use options::StripeOptions;
pub use refused::Refused;

use faults::Faults;
use idempotency::Remembered;
use register::Register;

/// Stripe, on this machine. Clones share one state.
#[derive(Clone, Debug)]
pub struct StripeStandIn {
    it: Arc<Inner>,
}

struct Inner {
    secret_key: String,
    limit: Mutex<Option<Bucket>>,
    register: Mutex<Register>,
    remembered: Mutex<Remembered>,
    faults: Mutex<Faults>,
    /// What the last listing asked for: the page that a fault may repeat.
    last_page: Mutex<PageOf>,
    front: Front,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Stripe").finish_non_exhaustive()
    }
}

impl StripeStandIn {
    /// Request counts, and the faults of listings.
    pub fn front(&self) -> &Front {
        &self.it.front
    }

    /// Requests so far, by `METHOD /route/{parameter}`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.it.front.requests()
    }

    /// The faults of single requests that are still to come.
    pub fn faults(&self) -> StripeFaults {
        lock(&self.it.faults).left()
    }

    /// Sets other faults of single requests.
    pub fn set_faults(&self, faults: StripeFaults) {
        lock(&self.it.faults).set(faults);
    }

    /// The limit of requests in a second.
    pub fn rate(&self) -> Option<u32> {
        lock(&self.it.limit).as_ref().map(|bucket| bucket.rate().burst)
    }

    /// Sets another limit; none, when there is none here.
    pub fn set_rate(&self, per_second: Option<u32>) {
        let bucket = |burst| Bucket::new(Rate { burst, per_second: f64::from(burst) }, clock::instant());
        *lock(&self.it.limit) = per_second.map(bucket);
    }

    /// One customer, if there; a deleted one too.
    pub fn customer(&self, id: &str) -> Option<Customer> {
        lock(&self.it.register).customer(id).cloned()
    }

    /// All customers who are not deleted, newest first.
    pub fn customers(&self) -> Vec<Customer> {
        lock(&self.it.register).newest_first().filter(|customer| !customer.deleted).cloned().collect()
    }

    /// Forgets all idempotency keys, as Stripe may once they are 24 hours old.
    pub fn forget_keys(&self) {
        *lock(&self.it.remembered) = Remembered::default();
    }
}
