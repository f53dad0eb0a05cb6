//! What the API takes to create and to change a customer, and what a test may put in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::customer::Customer;
use super::form::Form;
use super::refused::Refused;

/// A customer to be put in as it is, by `POST /_control/customers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewCustomer {
    /// `cus_…`; drawn when absent.
    pub id: Option<String>,
    /// In seconds; now when absent.
    pub created: Option<i64>,
    /// See [`Customer`].
    pub email: Option<String>,
    /// See [`Customer`].
    pub name: Option<String>,
    /// See [`Customer`].
    pub metadata: BTreeMap<String, String>,
    /// See [`Customer`].
    pub test_clock: Option<String>,
}

impl NewCustomer {
    /// A customer whose metadata name this user.
    pub fn of_user(user_id: &str) -> Self {
        Self { metadata: BTreeMap::from([("user_id".to_owned(), user_id.to_owned())]), ..Self::default() }
    }

    /// The same with an address and a name.
    pub fn called(self, email: &str, name: &str) -> Self {
        Self { email: Some(email.to_owned()), name: Some(name.to_owned()), ..self }
    }

    /// The same, made in this second.
    pub fn made(self, created: i64) -> Self {
        Self { created: Some(created), ..self }
    }
}

const TEXTS: [&str; 4] = ["description", "email", "name", "phone"];

/// Checks a body, and applies it: what it names is set, what it names as empty is unset.
pub(super) fn apply(form: &Form, new: bool, customer: &mut Customer) -> Result<(), Refused> {
    let own: &[&str] = if new { &["metadata", "test_clock"] } else { &["metadata"] };
    let names: Vec<&str> = TEXTS.iter().chain(own).copied().collect();
    form.only(&names, &["metadata"])?;
    if form.text("email").is_some_and(|email| !email.is_empty() && (!email.contains('@') || email.len() > 512)) {
        return Err(Refused::Invalid("email", "must be an address of at most 512 characters"));
    }
    let mut metadata = customer.metadata.clone();
    if form.text("metadata") == Some("") {
        metadata.clear();
    }
    for (key, value) in form.keyed("metadata") {
        if key.is_empty() || key.len() > 40 || key.contains(['[', ']']) || value.chars().count() > 500 {
            return Err(Refused::Invalid("metadata", "takes keys of 40 and values of 500 characters, no brackets"));
        }
        if value.is_empty() {
            metadata.remove(key);
        } else {
            metadata.insert(key.to_owned(), value.to_owned());
        }
    }
    if metadata.len() > 50 {
        return Err(Refused::Invalid("metadata", "takes 50 keys"));
    }
    customer.metadata = metadata;
    let told = |name: &str, field: &mut Option<String>| {
        if let Some(text) = form.text(name) {
            *field = Some(text.to_owned()).filter(|text| !text.is_empty());
        }
    };
    told("description", &mut customer.description);
    told("email", &mut customer.email);
    told("name", &mut customer.name);
    told("phone", &mut customer.phone);
    told("test_clock", &mut customer.test_clock);
    Ok(())
}
