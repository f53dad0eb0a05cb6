//! All customers and remembered keys as one JSON value, to be kept and taken up again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::StripeStandIn;
use super::customer::Customer;
use super::idempotency::Remembered;
use crate::stand_in::lock;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    drawn: u64,
    /// The eldest first.
    customers: Vec<Customer>,
    remembered: Remembered,
}

impl StripeStandIn {
    /// What [`StripeStandIn::restore`] takes.
    pub fn snapshot(&self) -> Value {
        let register = lock(&self.it.register);
        let customers = register.newest_first().rev().cloned().collect();
        let remembered = lock(&self.it.remembered).clone();
        let snapshot = Snapshot { drawn: register.draw.drawn(), customers, remembered };
        serde_json::to_value(snapshot).unwrap_or(Value::Null)
    }

    /// Adds the customers of a snapshot.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let snapshot: Snapshot = serde_json::from_value(snapshot)?;
        let mut register = lock(&self.it.register);
        register.draw.resume(snapshot.drawn);
        for customer in snapshot.customers {
            register.put(customer);
        }
        *lock(&self.it.remembered) = snapshot.remembered;
        Ok(())
    }
}
