//! Findings as machines read them: one JSON line each.

use serde_json::{Map, Value, json};
use shared::domain::Cause;
use shared::reconcile::Finding;

use super::differences::field_names;

/// A finding, with names of fields, and with their values only on demand.
pub(super) fn event(Finding { found, applied }: &Finding, values: bool) -> Value {
    let mut event = json!({
        "event": "finding",
        "userId": found.user_id().as_str(),
        "authProvider": found.identity.provider().as_str(),
        "cause": found.cause.as_str(),
        "settled": found.settled,
        "fields": field_names(found),
    });
    let orphan = found.row.as_ref().filter(|_| found.cause == Cause::Orphan);
    let optional = [
        ("written", applied.word().map(Value::from)),
        ("lastSeenAt", orphan.and_then(|_| found.last_seen_at()).map(|time| time.millis().into())),
        ("createdAt", orphan.map(|row| row.created_at.millis().into())),
        ("values", values.then(|| self::values(found))),
    ];
    if let Some(event) = event.as_object_mut() {
        event.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    event
}

/// `{field: {here?, provider?}}`.
fn values(found: &shared::reconcile::Found) -> Value {
    let changes = found.changes().map(|(fact, here, provider)| {
        let sides = [("here", here), ("provider", provider)].into_iter();
        let sides: Map<String, Value> =
            sides.filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
        (fact.attribute().to_owned(), Value::Object(sides))
    });
    Value::Object(changes.collect())
}

#[cfg(test)]
pub(super) mod testing {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::collections::BTreeMap;

    use shared::clock::Timestamp;
    use shared::domain::{Cause, Fact, Facts, Identity, Profile, Provider, User};
    use shared::reconcile::Found;

    /// Somebody whose e-mail changed, whose name is new, and whose nickname is gone.
    pub(in crate::run) fn found(cause: Cause) -> Found {
        let identity = Identity::new(Provider::auth0(), "auth0|ada").unwrap();
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let fact = |text: &str| Some(text.to_owned());
        let old = Facts::default().with(Fact::Email, fact("old@example.com")).with(Fact::Nickname, fact("ad"));
        let new = Facts::default().with(Fact::Email, fact("new@example.com")).with(Fact::Name, fact("Ada\u{1b}"));
        let row = User {
            identity: identity.clone(),
            facts: old,
            profile_version: None,
            provider_created_at: Some(at(1_000)),
            created_at: at(2_000),
            last_active_at: Some(at(3_000)),
            tombstone: None,
            lives_since: None,
            patched: false,
            public_keys: BTreeMap::new(),
            stripe_customer_id: None,
        };
        let profile = (cause != Cause::Orphan).then(|| Profile::new(new, at(1_000), at(5_000), at(6_000)));
        Found { cause, identity, settled: true, row: Some(row), profile, proved_at: None }
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::Outcome;
    use shared::reconcile::Applied;

    use super::testing::found;
    use super::*;

    fn told(cause: Cause, applied: Applied, values: bool) -> Value {
        event(&Finding { found: found(cause), applied }, values)
    }

    #[test]
    fn a_finding_tells_its_cause_and_the_names_of_its_fields() {
        let user_id = found(Cause::Missing).user_id();
        assert_eq!(
            told(Cause::ProfileOlder, Applied::Nothing, false),
            json!({"event": "finding", "userId": user_id.as_str(), "authProvider": "auth0", "cause": "profile_older",
                "settled": true, "fields": ["email", "name", "nickname"]})
        );
    }

    #[test]
    fn what_was_written_and_values_on_demand_are_told_beside() {
        let event = told(Cause::ProfileOlder, Applied::Upserted(Outcome::Updated), true);
        assert_eq!(event.get("written"), Some(&json!("updated")));
        assert_eq!(
            event.pointer("/values/email"),
            Some(&json!({"here": "old@example.com", "provider": "new@example.com"}))
        );
        assert_eq!(event.pointer("/values/nickname"), Some(&json!({"here": "ad"})));
    }

    #[test]
    fn an_orphan_has_an_age() {
        let event = told(Cause::Orphan, Applied::Nothing, false);
        assert_eq!((event.get("createdAt"), event.get("lastSeenAt")), (Some(&json!(2_000)), Some(&json!(3_000))));
    }
}
