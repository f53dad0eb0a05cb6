//! What an invocation asks for: the names and shapes of the functions that it stands for.

use serde_json::{Map, Value};
use shared::domain::{Identity, PublicKey, StripeCustomer, UserId};
use shared::wire::fields::{invoked, public_key, required, stripe_customer, text, user_id};
use shared::wire::filter::auth_identity;
use shared::wire::json::BadBody;

/// How many users a page may have.
const MOST: u16 = 500;

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// `getUserByAuth {authProvider, authSubject}`
    UserByAuth(Identity),
    /// `getUserById {userId}`
    UserById(UserId),
    /// `getUserByPublicKey {publicKey}`
    UserByPublicKey(PublicKey),
    /// `setStripeCustomerId {userId, stripeCustomerId, replaces?}`
    SetStripeCustomer(CustomerWish),
    /// `ensureStripeCustomer {userId, email?, name?}`
    EnsureStripeCustomer(CustomerToMake),
    /// `listUsersForStripeReconcile {paginationOpts: {numItems, cursor}}`
    ListForStripe(PageWish),
}

/// Which customer is to be a user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CustomerWish {
    pub(crate) user: UserId,
    pub(crate) customer: StripeCustomer,
    pub(crate) replaces: Option<StripeCustomer>,
}

/// For whom a customer is to be there, and what Stripe is to know of them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CustomerToMake {
    pub(crate) user: UserId,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
}

/// Addresses and names are nobody's to see.
impl std::fmt::Debug for CustomerToMake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerToMake").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Which page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageWish {
    pub(crate) most: u16,
    pub(crate) cursor: Option<String>,
}

impl Request {
    /// Reads the event. Unknown fields are ignored.
    pub(crate) fn read(event: Value) -> Result<Self, BadBody> {
        let fields = invoked(event)?;
        match required(&fields, "operation")? {
            "getUserByAuth" => auth_identity(&fields).map(Self::UserByAuth),
            "getUserById" => user_id(&fields, "userId").map(Self::UserById),
            "getUserByPublicKey" => public_key(&fields, "publicKey").map(Self::UserByPublicKey),
            "setStripeCustomerId" => CustomerWish::read(&fields).map(Self::SetStripeCustomer),
            "ensureStripeCustomer" => CustomerToMake::read(&fields).map(Self::EnsureStripeCustomer),
            "listUsersForStripeReconcile" => PageWish::read(&fields).map(Self::ListForStripe),
            _ => Err(BadBody::new(
                "operation_unknown",
                "operation must be getUserByAuth, getUserById, getUserByPublicKey, setStripeCustomerId, ensureStripeCustomer or listUsersForStripeReconcile",
            )),
        }
    }
}

impl CustomerWish {
    fn read(fields: &Map<String, Value>) -> Result<Self, BadBody> {
        let replaced = text(fields, "replaces")?.map(|_| stripe_customer(fields, "replaces")).transpose()?;
        Ok(Self {
            user: user_id(fields, "userId")?,
            customer: stripe_customer(fields, "stripeCustomerId")?,
            replaces: replaced,
        })
    }
}

impl CustomerToMake {
    fn read(fields: &Map<String, Value>) -> Result<Self, BadBody> {
        Ok(Self { user: user_id(fields, "userId")?, email: text(fields, "email")?, name: text(fields, "name")? })
    }
}

impl PageWish {
    fn read(fields: &Map<String, Value>) -> Result<Self, BadBody> {
        let options = match fields.get("paginationOpts") {
            None | Some(Value::Null) => return Err(BadBody::missing("paginationOpts")),
            Some(Value::Object(options)) => options,
            Some(_) => return Err(BadBody::invalid("paginationOpts", "an object")),
        };
        let asked = match options.get("numItems") {
            None | Some(Value::Null) => return Err(BadBody::missing("paginationOpts.numItems")),
            Some(number) => number.as_u64().filter(|number| *number > 0),
        };
        let asked = asked.ok_or_else(|| BadBody::invalid("paginationOpts.numItems", "a whole number from 1 on"))?;
        let cursor =
            text(options, "cursor").map_err(|_| BadBody::invalid("paginationOpts.cursor", "a text or null"))?;
        Ok(Self { most: u16::try_from(asked).unwrap_or(MOST).min(MOST), cursor })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "usr_tlrofji4bfbyd37m4eyy3a6ius";

    fn code(event: Value) -> &'static str {
        Request::read(event).map_or_else(|bad| bad.code, |_| "ok")
    }

    #[test]
    fn each_operation_is_read_by_its_name_and_its_fields() {
        let key = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        for (event, expected) in [
            (json!({"operation": "getUserByAuth", "authProvider": "auth0", "authSubject": "auth0|a"}), "ok"),
            (json!({"operation": "getUserByAuth", "authProvider": "auth0"}), "field_missing"),
            (json!({"operation": "getUserById", "userId": ID, "more": 1}), "ok"),
            (json!({"operation": "getUserById", "userId": "auth0|a"}), "field_invalid"),
            (json!({"operation": "getUserById"}), "field_missing"),
            (json!({"operation": "getUserByPublicKey", "publicKey": key, "serviceToken": "x"}), "ok"),
            (json!({"operation": "getUserByPublicKey", "publicKey": "0x5A"}), "unsupported_key"),
            (json!({"operation": "setStripeCustomerId", "userId": ID, "stripeCustomerId": "cus_1"}), "ok"),
            (json!({"operation": "setStripeCustomerId", "userId": ID, "stripeCustomerId": "sub_1"}), "field_invalid"),
            (
                json!({"operation": "setStripeCustomerId", "userId": ID, "stripeCustomerId": "cus_1", "replaces": ""}),
                "field_missing",
            ),
            (json!({"operation": "ensureStripeCustomer", "userId": ID, "email": null}), "ok"),
            (json!({"operation": "ensureStripeCustomer", "userId": ID, "email": 5}), "field_invalid"),
            (json!({"operation": "dropTable"}), "operation_unknown"),
            (json!({"operation": ["getUserById"]}), "field_invalid"),
            (json!({}), "field_missing"),
            (json!([]), "json_malformed"),
            (json!(null), "json_malformed"),
        ] {
            assert_eq!(code(event.clone()), expected, "{event}");
        }
    }

    #[test]
    fn a_page_has_one_user_at_least_and_five_hundred_at_the_most() {
        let read = |options: Value| {
            Request::read(json!({"operation": "listUsersForStripeReconcile", "paginationOpts": options}))
        };
        let page = |most| Request::ListForStripe(PageWish { most, cursor: None });
        for (asked, most) in [(1_u64, 1), (500, 500), (501, 500), (u64::MAX, 500)] {
            assert_eq!(read(json!({"numItems": asked, "cursor": null})), Ok(page(most)), "{asked}");
        }
        let bad = |options| read(options).err().map(|bad| (bad.code, bad.detail.split(' ').next().map(str::to_owned)));
        for (options, code, field) in [
            (json!({}), "field_missing", "paginationOpts.numItems"),
            (json!({"numItems": 0}), "field_invalid", "paginationOpts.numItems"),
            (json!({"numItems": -1}), "field_invalid", "paginationOpts.numItems"),
            (json!({"numItems": 1.5}), "field_invalid", "paginationOpts.numItems"),
            (json!({"numItems": "5"}), "field_invalid", "paginationOpts.numItems"),
            (json!({"numItems": 5, "cursor": 1}), "field_invalid", "paginationOpts.cursor"),
            (json!(5), "field_invalid", "paginationOpts"),
            (json!(null), "field_missing", "paginationOpts"),
        ] {
            assert_eq!(bad(options.clone()), Some((code, Some(field.to_owned()))), "{options}");
        }
    }
}
