//! What may belong to one user only, and the names that it has in `Claims`.

use std::fmt;
use std::str::FromStr;

use super::public_key::PublicKey;

/// A Stripe customer's id: `cus_`, then 1 to 251 letters, digits or underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StripeCustomer(String);

/// The text is no customer's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a Stripe customer is cus_ and letters and digits, of 255 bytes at most")]
pub struct StripeCustomerError;

impl StripeCustomer {
    /// The id as Stripe spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StripeCustomer {
    type Err = StripeCustomerError;

    fn from_str(text: &str) -> Result<Self, StripeCustomerError> {
        let drawn = text.strip_prefix("cus_").ok_or(StripeCustomerError)?;
        let spelled = drawn.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if drawn.is_empty() || text.len() > 255 || !spelled {
            Err(StripeCustomerError)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl fmt::Display for StripeCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name in `Claims` of a key by its canonical spelling.
pub fn key_claim(canonical: &str) -> String {
    format!("public_key#{canonical}")
}

/// The name in `Claims` of a customer.
pub fn customer_claim(customer: &str) -> String {
    format!("stripe_customer#{customer}")
}

/// Something that may belong to one user only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// A public key.
    Key(PublicKey),
    /// A Stripe customer.
    Customer(StripeCustomer),
}

impl Claim {
    /// Its name in `Claims`.
    pub fn name(&self) -> String {
        match self {
            Self::Key(key) => key_claim(&key.canonical()),
            Self::Customer(customer) => customer_claim(customer.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_claim_is_named_by_its_kind_and_its_canonical_spelling() {
        let key: PublicKey = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".parse().unwrap();
        assert_eq!(Claim::Key(key).name(), "public_key#evm#5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");
        let customer: StripeCustomer = "cus_NffrFeUfNV2Hib".parse().unwrap();
        assert_eq!(Claim::Customer(customer).name(), "stripe_customer#cus_NffrFeUfNV2Hib");
    }

    #[test]
    fn what_is_no_customers_id_is_refused() {
        let long = format!("cus_{}", "x".repeat(252));
        for wrong in ["", "cus_", "cus_a b", "cus_a#b", "cus_ä", "sub_1", " cus_1", "CUS_1", &long] {
            assert_eq!(wrong.parse::<StripeCustomer>(), Err(StripeCustomerError), "{wrong}");
        }
        assert!(long[..255].parse::<StripeCustomer>().is_ok());
    }
}
