//! An event on the bus: what other systems are told of a change. Its schema is contract, in `docs/EVENTS.md`.

use serde::Serialize;

use crate::domain::{Change, Changed, Happening};

/// The version of the schema: another one where a field changes its meaning or goes; new fields do not count.
const VERSION: u32 = 1;

/// The `detail` of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeEvent<'a> {
    version: u32,
    event_id: String,
    user_id: &'a str,
    auth_provider: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    fields: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stripe_customer_id: Option<&'a str>,
    changed_by: &'a str,
    at: i64,
}

/// Its name, the same however often it is told. Those of one user sort as text in the order of what happened.
fn event_id(changed: &Changed, position: usize) -> String {
    format!("{}.{}.{position:02}", changed.user_id, changed.sequence_number.as_str())
}

impl<'a> ChangeEvent<'a> {
    /// The events of a write, in order, each with what it is called.
    pub fn all_of(changed: &'a Changed) -> impl Iterator<Item = (Happening, Self)> {
        changed.changes.iter().enumerate().map(|(position, change)| (change.what, Self::of(changed, position, change)))
    }

    fn of(changed: &'a Changed, position: usize, change: &'a Change) -> Self {
        let about = change.about.as_deref();
        let (public_key, stripe_customer_id) = match change.what {
            Happening::KeyLinked | Happening::KeyUnlinked => (about, None),
            Happening::CustomerLinked | Happening::CustomerUnlinked => (None, about),
            _ => (None, None),
        };
        Self {
            version: VERSION,
            event_id: event_id(changed, position),
            user_id: changed.user_id.as_str(),
            auth_provider: changed.provider.as_str(),
            fields: &change.fields,
            public_key,
            stripe_customer_id,
            changed_by: &changed.changed_by,
            at: changed.at.millis(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::Timestamp;
    use crate::domain::{Identity, Provider, SequenceNumber};

    fn told(changes: &[(Happening, &[&str], Option<&str>)]) -> Vec<Value> {
        let change = |(what, fields, about): &(Happening, &[&str], Option<&str>)| Change {
            what: *what,
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            about: about.map(str::to_owned),
        };
        let write = Changed {
            user_id: Identity::new(Provider::auth0(), "auth0|test123").unwrap().user_id(),
            provider: Provider::auth0(),
            sequence_number: SequenceNumber::parse("4421584500000000017450439091").unwrap(),
            at: Timestamp::from_millis(1_700_000_000_000).unwrap(),
            changed_by: "login".to_owned(),
            changes: changes.iter().map(change).collect(),
        };
        ChangeEvent::all_of(&write).map(|(_, event)| serde_json::to_value(event).unwrap()).collect()
    }

    #[test]
    fn an_event_is_told_as_documented() {
        let told = told(&[
            (Happening::KeyUnlinked, &[], Some("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")),
            (Happening::Reborn, &["email", "firstName"], None),
            (Happening::CustomerLinked, &[], Some("cus_1")),
        ]);
        let id =
            |position| format!("usr_tlrofji4bfbyd37m4eyy3a6ius.0000000000004421584500000000017450439091.{position}");
        let common = |id| {
            json!({"version": 1, "eventId": id, "userId": "usr_tlrofji4bfbyd37m4eyy3a6ius",
            "authProvider": "auth0", "changedBy": "login", "at": 1_700_000_000_000_i64})
        };
        let with = |mut event: Value, name: &str, value: Value| {
            event[name] = value;
            event
        };
        let key = json!("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        assert_eq!(told[0], with(common(id("00")), "publicKey", key));
        assert_eq!(told[1], with(common(id("01")), "fields", json!(["email", "firstName"])));
        assert_eq!(told[2], with(common(id("02")), "stripeCustomerId", json!("cus_1")));
    }
}
