//! Whom a caller of the users API looks for: exactly one filter, in the query of a URL or in a body.

use serde_json::{Map, Value};

use super::fields::{public_key, required, stripe_customer, text};
use super::json::BadBody;
use crate::domain::{
    Identity, IdentityError, Provider, PublicKey, RealmError, Realms, StripeCustomer, TokenIdentifier,
};

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `clerkUserId`.
    ClerkUser(Identity),
    /// `email`, and the `cursor` behind which to go on.
    Email {
        /// The address, in any spelling.
        email: String,
        /// What the page before gave.
        cursor: Option<String>,
    },
    /// `publicKey`, as a wallet spells it.
    PublicKey(PublicKey),
    /// `stripeCustomerId`.
    StripeCustomer(StripeCustomer),
    /// `tokenIdentifier`, or `authProvider` and `authSubject`.
    Identity(Identity),
}

/// The fields that begin a filter, each another one.
const FILTERS: [&str; 6] = ["clerkUserId", "email", "publicKey", "stripeCustomerId", "tokenIdentifier", "authProvider"];

impl Filter {
    /// Reads the one filter among these fields. `null` is absent, and so is what is no field of a filter.
    pub fn read(fields: &Map<String, Value>, realms: &Realms) -> Result<Self, BadBody> {
        // Half of a pair is a pair with something missing.
        let given = |name: &&str| told(fields, name) || (*name == "authProvider" && told(fields, "authSubject"));
        let all: Vec<&str> = FILTERS.into_iter().filter(given).collect();
        let filter = match all.as_slice() {
            [one] => *one,
            [] => return Err(BadBody::new("filter_missing", format!("exactly one filter is required: {}", choices()))),
            _ => return Err(BadBody::new("filter_ambiguous", format!("only one filter may be given: {}", choices()))),
        };
        let cursor = text(fields, "cursor")?;
        if cursor.is_some() && filter != "email" {
            return Err(BadBody::new("cursor_invalid", "only the filter by email has pages"));
        }
        match filter {
            "clerkUserId" => Ok(Self::ClerkUser(identity(Provider::clerk(), fields, "clerkUserId")?)),
            "email" => Ok(Self::Email { email: required(fields, "email")?.to_owned(), cursor }),
            "publicKey" => Ok(Self::PublicKey(public_key(fields, "publicKey")?)),
            "stripeCustomerId" => Ok(Self::StripeCustomer(stripe_customer(fields, "stripeCustomerId")?)),
            "tokenIdentifier" => Ok(Self::Identity(token_identifier(required(fields, "tokenIdentifier")?, realms)?)),
            _ => Ok(Self::Identity(auth_identity(fields)?)),
        }
    }
}

fn told(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null())
}

fn choices() -> &'static str {
    "clerkUserId, email, publicKey, stripeCustomerId, tokenIdentifier, or authProvider with authSubject"
}

fn token_identifier(text: &str, realms: &Realms) -> Result<Identity, BadBody> {
    let malformed = |why: String| BadBody::new("token_identifier_malformed", why);
    let shape = |_| malformed("tokenIdentifier must be `issuer|subject`".to_owned());
    let read: TokenIdentifier = text.parse().map_err(shape)?;
    realms.identity(&read).map_err(|error| match error {
        RealmError::IssuerUnknown => {
            BadBody::new("issuer_unknown", "the issuer of tokenIdentifier is not one of the configured ones")
        }
        RealmError::Identity(error) => malformed(format!("tokenIdentifier: {error}")),
    })
}

/// The identity in `authProvider` and `authSubject`.
pub fn auth_identity(fields: &Map<String, Value>) -> Result<Identity, BadBody> {
    let provider = Provider::named(required(fields, "authProvider")?).map_err(odd("authProvider"))?;
    identity(provider, fields, "authSubject")
}

fn identity(provider: Provider, fields: &Map<String, Value>, subject: &str) -> Result<Identity, BadBody> {
    Identity::new(provider, required(fields, subject)?).map_err(odd(subject))
}

fn odd(field: &str) -> impl Fn(IdentityError) -> BadBody + '_ {
    move |error| BadBody::new("field_invalid", format!("{field}: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: &Value) -> Result<Filter, BadBody> {
        let realms = Realms::new("https://t.auth0.com/".parse().into_iter().collect(), None);
        Filter::read(fields.as_object().unwrap_or(&Map::new()), &realms)
    }

    fn code(fields: &Value) -> &'static str {
        read(fields).map_or_else(|bad| bad.code, |_| "ok")
    }

    #[test]
    fn exactly_one_filter_is_taken() {
        for (fields, expected) in [
            (json!({}), "filter_missing"),
            (json!({"clerkUserId": null}), "filter_missing"),
            (json!({"other": "x", "cursor": "x"}), "filter_missing"),
            (json!({"clerkUserId": "user_1"}), "ok"),
            (json!({"clerkUserId": "user_1", "email": "a@example.com"}), "filter_ambiguous"),
            (json!({"clerkUserId": "user_1", "authSubject": "a"}), "filter_ambiguous"),
            (json!({"email": "a@example.com", "cursor": "x"}), "ok"),
            (json!({"clerkUserId": "user_1", "cursor": "x"}), "cursor_invalid"),
            (json!({"email": ""}), "field_missing"),
            (json!({"email": 5}), "field_invalid"),
            (json!({"tokenIdentifier": "https://t.auth0.com|auth0|a"}), "ok"),
            (json!({"tokenIdentifier": "https://other.example|auth0|a"}), "issuer_unknown"),
            (json!({"tokenIdentifier": "auth0"}), "token_identifier_malformed"),
            (json!({"authProvider": "game", "authSubject": "a"}), "ok"),
            (json!({"authProvider": "game"}), "field_missing"),
            (json!({"authSubject": "a"}), "field_missing"),
            (json!({"authProvider": "g".repeat(65), "authSubject": "a"}), "field_invalid"),
            (json!({"clerkUserId": "u".repeat(1025)}), "field_invalid"),
            (json!({"publicKey": "0xde709f2102306220921060314715629080e2fb77"}), "ok"),
            (json!({"publicKey": "0xde709f2102306220921060314715629080e2fb77", "email": "a"}), "filter_ambiguous"),
            (json!({"publicKey": "0xde709f2102306220921060314715629080e2fb7"}), "unsupported_key"),
            (json!({"publicKey": ""}), "field_missing"),
            (json!({"stripeCustomerId": "cus_1"}), "ok"),
            (json!({"stripeCustomerId": "sub_1"}), "field_invalid"),
            (json!({"stripeCustomerId": "cus_1", "cursor": "x"}), "cursor_invalid"),
        ] {
            assert_eq!(code(&fields), expected, "{fields}");
        }
    }

    #[test]
    fn two_spellings_of_an_identity_are_one() {
        let by_token = read(&json!({"tokenIdentifier": "https://T.auth0.com/|auth0|a|b"}));
        assert_eq!(by_token, read(&json!({"authProvider": "auth0", "authSubject": "auth0|a|b"})));
    }
}
