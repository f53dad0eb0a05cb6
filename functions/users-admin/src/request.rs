//! What an invocation asks for, who asks, and why.

use serde_json::{Map, Value};
use shared::domain::{Actor, Claim, Fact, OperationError, Reason, UserId};
use shared::wire::fields::{invoked, public_key, required, stripe_customer, text, user_id};
use shared::wire::json::BadBody;
use shared::wire::user_upsert::FIELDS;

/// One operation, with whoever answers for it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) actor: Actor,
    pub(crate) reason: Reason,
    pub(crate) request: Request,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// `clear {userId, fields}`
    Clear { user: UserId, facts: Vec<Fact> },
    /// `erase {userId, evenIfListed?}`
    Erase { user: UserId, even_if_listed: bool },
    /// `restore {userId}`
    Restore { user: UserId },
    /// `transfer {publicKey | stripeCustomerId, fromUserId, toUserId}`
    Transfer { claim: Claim, from: UserId, to: UserId },
}

impl Request {
    /// Its word.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Clear { .. } => "clear",
            Self::Erase { .. } => "erase",
            Self::Restore { .. } => "restore",
            Self::Transfer { .. } => "transfer",
        }
    }
}

impl Order {
    /// Reads the event. Unknown fields are ignored.
    pub(crate) fn read(event: Value) -> Result<Self, BadBody> {
        let fields = invoked(event)?;
        let request = match required(&fields, "operation")? {
            "clear" => Request::Clear { user: user_id(&fields, "userId")?, facts: facts(&fields)? },
            "erase" => {
                Request::Erase { user: user_id(&fields, "userId")?, even_if_listed: flag(&fields, "evenIfListed")? }
            }
            "restore" => Request::Restore { user: user_id(&fields, "userId")? },
            "transfer" => Request::Transfer {
                claim: claim(&fields)?,
                from: user_id(&fields, "fromUserId")?,
                to: user_id(&fields, "toUserId")?,
            },
            _ => return Err(BadBody::new("operation_unknown", "operation must be clear, erase, restore or transfer")),
        };
        let odd = |field: &'static str| {
            move |error: OperationError| BadBody::new("field_invalid", format!("{field} {error}"))
        };
        let actor = required(&fields, "actor")?.parse().map_err(odd("actor"))?;
        let reason = required(&fields, "reason")?.parse().map_err(odd("reason"))?;
        Ok(Self { actor, reason, request })
    }
}

/// A list of facts, by their names in a user document.
fn facts(fields: &Map<String, Value>) -> Result<Vec<Fact>, BadBody> {
    let known = |value: &Value| FIELDS.iter().find(|(name, _)| value == name).map(|(_, fact)| *fact);
    let names = || FIELDS.map(|(name, _)| name).join(", ");
    let odd = || BadBody::invalid("fields", &format!("a list of one or several of {}", names()));
    match fields.get("fields") {
        None | Some(Value::Null) => Err(BadBody::missing("fields")),
        Some(Value::Array(list)) if list.is_empty() => Err(odd()),
        Some(Value::Array(list)) => list.iter().map(known).collect::<Option<_>>().ok_or_else(odd),
        Some(_) => Err(odd()),
    }
}

fn flag(fields: &Map<String, Value>, field: &str) -> Result<bool, BadBody> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(BadBody::invalid(field, "true or false")),
    }
}

/// The one thing that is handed over.
fn claim(fields: &Map<String, Value>) -> Result<Claim, BadBody> {
    match (text(fields, "publicKey")?, text(fields, "stripeCustomerId")?) {
        (Some(_), None) => public_key(fields, "publicKey").map(Claim::Key),
        (None, Some(_)) => stripe_customer(fields, "stripeCustomerId").map(Claim::Customer),
        (None, None) => Err(BadBody::new("field_missing", "publicKey or stripeCustomerId is required")),
        (Some(_), Some(_)) => {
            Err(BadBody::new("field_invalid", "only one of publicKey and stripeCustomerId may be given"))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "usr_tlrofji4bfbyd37m4eyy3a6ius";
    const KEY: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    /// The refusal of an event that an operator signed.
    fn refusal(event: &Value) -> Option<(&'static str, String)> {
        let mut event = event.clone();
        if let Some(fields) = event.as_object_mut() {
            fields.entry("actor").or_insert(json!("eve"));
            fields.entry("reason").or_insert(json!("case 7"));
        }
        let first = |detail: String| detail.split(' ').next().unwrap_or_default().trim_end_matches(':').to_owned();
        Order::read(event).err().map(|bad| (bad.code, first(bad.detail)))
    }

    #[test]
    fn each_operation_is_read_by_its_name_and_its_fields() {
        for event in [
            json!({"operation": "clear", "userId": ID, "fields": ["email", "firstName"], "more": 1}),
            json!({"operation": "erase", "userId": ID}),
            json!({"operation": "erase", "userId": ID, "evenIfListed": true}),
            json!({"operation": "restore", "userId": ID}),
            json!({"operation": "transfer", "publicKey": KEY, "fromUserId": ID, "toUserId": ID}),
            json!({"operation": "transfer", "stripeCustomerId": "cus_1", "fromUserId": ID, "toUserId": ID}),
        ] {
            assert_eq!(refusal(&event), None, "{event}");
        }
    }

    #[test]
    fn whatever_is_missing_or_odd_is_named() {
        let erase = |field: &str, value: Value| {
            let mut event = json!({"operation": "erase", "userId": ID});
            if let Some(event) = event.as_object_mut() {
                event.insert(field.to_owned(), value);
            }
            event
        };
        let transfer = json!({"operation": "transfer", "fromUserId": ID, "toUserId": ID});
        for (event, code, field) in [
            (json!({}), "field_missing", "operation"),
            (json!({"operation": "drop"}), "operation_unknown", "operation"),
            (json!(["erase"]), "json_malformed", "the"),
            (json!({"operation": "restore"}), "field_missing", "userId"),
            (json!({"operation": "restore", "userId": "user_1"}), "field_invalid", "userId"),
            (json!({"operation": "clear", "userId": ID}), "field_missing", "fields"),
            (json!({"operation": "clear", "userId": ID, "fields": []}), "field_invalid", "fields"),
            (json!({"operation": "clear", "userId": ID, "fields": ["email", "userId"]}), "field_invalid", "fields"),
            (json!({"operation": "clear", "userId": ID, "fields": "email"}), "field_invalid", "fields"),
            (erase("evenIfListed", json!("yes")), "field_invalid", "evenIfListed"),
            (erase("actor", json!("")), "field_missing", "actor"),
            (erase("actor", json!("  ")), "field_invalid", "actor"),
            (erase("actor", json!("a".repeat(65))), "field_invalid", "actor"),
            (erase("reason", json!(null)), "field_missing", "reason"),
            (erase("reason", json!("a\nb")), "field_invalid", "reason"),
            (erase("reason", json!(7)), "field_invalid", "reason"),
            (transfer, "field_missing", "publicKey"),
            (
                json!({"operation": "transfer", "publicKey": KEY, "stripeCustomerId": "cus_1", "fromUserId": ID, "toUserId": ID}),
                "field_invalid",
                "only",
            ),
            (
                json!({"operation": "transfer", "publicKey": "0x", "fromUserId": ID, "toUserId": ID}),
                "unsupported_key",
                "publicKey",
            ),
            (json!({"operation": "transfer", "publicKey": KEY, "fromUserId": ID}), "field_missing", "toUserId"),
        ] {
            assert_eq!(refusal(&event), Some((code, field.to_owned())), "{event}");
        }
    }
}
