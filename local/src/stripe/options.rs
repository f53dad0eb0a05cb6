//! How the stand-in of Stripe is set up.

use std::sync::{Arc, Mutex};

use super::idempotency::Remembered;
use super::register::Register;
use super::{Faults, Inner, PageOf, StripeStandIn};
use crate::stand_in::front::Front;

/// The key, and where identifiers begin. The default is made of well-known values that suit one machine.
#[derive(Clone)]
pub struct StripeOptions {
    /// What callers present, `sk_test_…`.
    pub secret_key: String,
    /// Where identifiers begin.
    pub seed: u64,
}

impl Default for StripeOptions {
    fn default() -> Self {
        Self { secret_key: "sk_test_local_stripe".to_owned(), seed: 1 }
    }
}

impl std::fmt::Debug for StripeOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("StripeOptions").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl StripeStandIn {
    /// A Stripe without customers and without a limit of requests.
    pub fn new(options: StripeOptions) -> Self {
        let it = Inner {
            secret_key: options.secret_key,
            limit: Mutex::default(),
            register: Mutex::new(Register::new(options.seed)),
            remembered: Mutex::new(Remembered::default()),
            faults: Mutex::new(Faults::default()),
            last_page: Mutex::new(PageOf::default()),
            front: Front::default(),
        };
        Self { it: Arc::new(it) }
    }
}
