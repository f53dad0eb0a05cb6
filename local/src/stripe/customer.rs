//! A customer as Stripe keeps it, as far as it can differ from one to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Customer {
    /// `cus_…`.
    pub id: String,
    /// When it was made, in seconds.
    pub created: i64,
    /// Neither unique nor verified.
    pub email: Option<String>,
    /// The whole name, or a company's.
    pub name: Option<String>,
    /// Any text.
    pub phone: Option<String>,
    /// Any text.
    pub description: Option<String>,
    /// The caller's own.
    pub metadata: BTreeMap<String, String>,
    /// The clock of a simulation, `clock_…`; listings leave such customers out unless they are asked for it.
    pub test_clock: Option<String>,
    /// For good; a deleted customer is still found by its id.
    pub deleted: bool,
}

impl Customer {
    /// As the API tells it; of a deleted one, only that.
    pub fn to_json(&self) -> Value {
        if self.deleted {
            return json!({ "id": self.id, "object": "customer", "deleted": true });
        }
        json!({
            "id": self.id,
            "object": "customer",
            "address": null,
            "balance": 0,
            "created": self.created,
            "currency": null,
            "default_source": null,
            "delinquent": false,
            "description": self.description,
            "email": self.email,
            "invoice_prefix": self.id.trim_start_matches("cus_").get(..8).unwrap_or("LOCAL000").to_uppercase(),
            "livemode": false,
            "metadata": self.metadata,
            "name": self.name,
            "phone": self.phone,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": self.test_clock,
        })
    }
}
