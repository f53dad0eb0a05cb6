//! A customer as Stripe's API tells it.

use serde::Deserialize;

use super::lenient::{Flag, Object, Text, Whole};
use crate::clock::Timestamp;
use crate::domain::Customer;

/// A customer, or what is left of one that was deleted.
#[derive(Debug, Default, Deserialize)]
pub struct CustomerObject {
    #[serde(default)]
    id: Text,
    #[serde(default)]
    created: Whole,
    #[serde(default)]
    email: Text,
    #[serde(default)]
    name: Text,
    #[serde(default)]
    metadata: Object<Metadata>,
    #[serde(default)]
    test_clock: Text,
    #[serde(default)]
    deleted: Flag,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    user_id: Text,
}

impl CustomerObject {
    /// Its id, whatever else it has.
    pub fn id(&self) -> Option<&str> {
        self.id.text()
    }

    /// Whether it is deleted.
    pub fn is_deleted(&self) -> bool {
        self.deleted.is_set()
    }

    /// The customer; `None` without a readable id and time.
    pub fn customer(&self) -> Option<Customer> {
        let created_at = Timestamp::from_millis(self.created.number()?.checked_mul(1000)?)?;
        Some(Customer {
            id: self.id.text()?.parse().ok()?,
            user_id: self.metadata.object().and_then(|metadata| metadata.user_id.told()),
            email: self.email.told(),
            name: self.name.told(),
            created_at,
            on_test_clock: self.test_clock.text().is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn read(text: &str) -> CustomerObject {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_we_need_of_a_customer_is_read_and_nulls_are_absent() {
        let customer = read(
            r#"{"id": "cus_1", "object": "customer", "created": 1700000000, "email": null, "name": "Ada",
                "metadata": {"user_id": "usr_1", "plan": "pro"}, "livemode": false}"#,
        );
        let customer = customer.customer().unwrap();
        assert_eq!((customer.id.as_str(), customer.user_id.as_deref()), ("cus_1", Some("usr_1")));
        assert_eq!((customer.email, customer.name.as_deref()), (None, Some("Ada")));
        assert_eq!(customer.created_at.millis(), 1_700_000_000_000);
    }

    #[test]
    fn one_without_an_id_or_a_time_is_odd_and_a_deleted_one_says_so() {
        assert!(read(r#"{"created": 1}"#).customer().is_none());
        assert!(read(r#"{"id": "cus_1"}"#).customer().is_none());
        assert!(read(r#"{"id": "bogus#1", "created": 1}"#).customer().is_none());
        assert!(read(r#"{"id": "cus_1", "object": "customer", "deleted": true}"#).is_deleted());
    }
}
