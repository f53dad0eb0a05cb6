//! A row, for people and for machines: names of facts always, their values on demand.

use serde_json::{Map, Value, json};
use shared::clock::Timestamp;
use shared::domain::User;

use crate::look::shown;
use crate::times::when;

/// The lines of a row: what, and how it stands.
pub(super) fn lines(row: &User, values: bool, now: Timestamp) -> Vec<(String, String)> {
    let time = |time: Option<Timestamp>| time.map(|time| when(time, now));
    let yes = |yes: bool, word: &str| yes.then(|| word.to_owned());
    let end = row.tombstone;
    let told = [
        ("user", Some(row.identity.user_id().to_string())),
        ("provider", Some(shown(row.identity.provider().as_str()))),
        ("subject", Some(shown(row.identity.subject()))),
        ("state", Some(state(row).to_owned())),
        ("first seen here", time(Some(row.created_at))),
        ("created there", time(row.provider_created_at)),
        ("changed there", time(row.profile_version.map(|version| version.updated_at))),
        ("read there", time(row.profile_version.map(|version| version.observed_at))),
        ("last active", time(row.last_active_at)),
        ("patched", yes(row.patched, "yes: something was written over the provider's profile")),
        ("lives since", time(row.lives_since)),
        ("deleted there", time(end.map(|end| end.identity_deleted_at))),
        ("row may go", time(end.and_then(|end| end.expires_at))),
    ];
    let told = told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let facts = row
        .facts
        .iter()
        .map(|(fact, text)| (fact.attribute().to_owned(), if values { shown(text) } else { "present".to_owned() }));
    let claimed = if row.is_living() { "claims" } else { "had claimed" };
    let claims = row.claims().map(|claim| (claimed.to_owned(), shown(&claim)));
    told.chain(facts).chain(claims).collect()
}

fn state(row: &User) -> &'static str {
    match row.tombstone {
        None => "living",
        Some(end) if end.erased => "erased by an operator: only a restore or a new life brings them back",
        Some(_) => "deleted",
    }
}

/// The same for machines. Times in ms.
pub(super) fn json(row: &User, values: bool) -> Value {
    let facts: Map<String, Value> = row
        .facts
        .iter()
        .map(|(fact, text)| (fact.attribute().to_owned(), if values { json!(text) } else { json!("present") }))
        .collect();
    let mut told = json!({
        "userId": row.identity.user_id().as_str(),
        "authProvider": row.identity.provider().as_str(),
        "authSubject": row.identity.subject(),
        "living": row.is_living(),
        "createdAt": row.created_at.millis(),
        "patched": row.patched,
        "facts": facts,
        "claims": row.claims().collect::<Vec<_>>(),
    });
    let (end, version) = (row.tombstone, row.profile_version);
    let optional = [
        ("providerCreatedAt", row.provider_created_at),
        ("updatedAt", version.map(|version| version.updated_at)),
        ("observedAt", version.map(|version| version.observed_at)),
        ("lastActiveAt", row.last_active_at),
        ("livesSince", row.lives_since),
        ("identityDeletedAt", end.map(|end| end.identity_deleted_at)),
        ("expiresAt", end.and_then(|end| end.expires_at)),
    ];
    if let Some(told) = told.as_object_mut() {
        told.extend(optional.into_iter().filter_map(|(name, time)| Some((name.to_owned(), json!(time?.millis())))));
        told.extend(end.map(|end| ("erased".to_owned(), json!(end.erased))));
    }
    told
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::collections::BTreeMap;

    use shared::domain::{Fact, Facts, Identity, Provider, Tombstone};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    fn row(tombstone: Option<Tombstone>) -> User {
        User {
            identity: Identity::new(Provider::auth0(), "auth0|ada").unwrap(),
            facts: Facts::default().with(Fact::Email, Some("ada@example.com".to_owned())),
            profile_version: None,
            provider_created_at: None,
            created_at: at(1_000),
            last_active_at: Some(at(2_000)),
            tombstone,
            lives_since: None,
            patched: false,
            public_keys: BTreeMap::from([("evm#00".to_owned(), at(1_500))]),
            stripe_customer_id: None,
        }
    }

    fn text(row: &User, values: bool) -> String {
        let lines = lines(row, values, at(5_600)).into_iter();
        lines.map(|(name, value)| [name, value].join(": ") + "\n").collect()
    }

    #[test]
    fn facts_are_present_and_shown_on_demand_only() {
        let told = text(&row(None), false);
        assert!(told.contains("email: present\n") && told.contains("claims: public_key#evm#00\n"), "{told}");
        assert!(
            told.contains("last active: 1970-01-01 00:33:20 UTC, 60 minutes ago\n") && !told.contains("ada@"),
            "{told}"
        );
        assert!(text(&row(None), true).contains("email: ada@example.com\n"));
        assert_eq!(json(&row(None), false).pointer("/facts/email"), Some(&json!("present")));
        assert_eq!(json(&row(None), true).pointer("/facts/email"), Some(&json!("ada@example.com")));
    }

    #[test]
    fn a_tombstone_says_when_it_ended_and_who_ended_it() {
        let end = Tombstone { identity_deleted_at: at(3_000), erased: true, expires_at: Some(at(9_200)) };
        let told = text(&row(Some(end)), false);
        assert!(told.contains("erased by an operator") && told.contains("had claimed: public_key#evm#00"), "{told}");
        assert!(told.contains("row may go: 1970-01-01 02:33:20 UTC, in 60 minutes"), "{told}");
        let machine = json(&row(Some(end)), false);
        assert_eq!(machine.get("living"), Some(&json!(false)));
        assert_eq!(machine.get("identityDeletedAt"), Some(&json!(3_000_000)));
    }
}
