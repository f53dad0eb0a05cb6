//! What is found about customers, as people and machines read it: ids and causes, never an address.

use serde_json::{Value, json};
use shared::clock::Timestamp;
use shared::stripe_reconcile::{LinkFinding, LinkFound};

/// The columns of a finding: the user, the cause, and the customers.
pub(super) fn columns(found: &LinkFound) -> [String; 3] {
    let user = found.user_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut customers: Vec<String> = found.customer.iter().chain(&found.others).map(ToString::to_string).collect();
    if let Some(unproven) = found.unproven {
        customers.push(format!("({})", unproven.as_str()));
    }
    [user, found.cause.as_str().to_owned(), customers.join(" ")]
}

/// A finding as a JSON line.
pub(super) fn event(LinkFinding { found, applied }: &LinkFinding) -> Value {
    let others: Vec<&str> = found.others.iter().map(shared::domain::StripeCustomer::as_str).collect();
    let mut event = json!({
        "event": "finding",
        "cause": found.cause.as_str(),
        "settled": found.settled,
    });
    let optional = [
        ("userId", found.user_id.as_ref().map(|id| json!(id.as_str()))),
        ("stripeCustomerId", found.customer.as_ref().map(|id| json!(id.as_str()))),
        ("others", (!others.is_empty()).then(|| json!(others))),
        ("unproven", found.unproven.map(|why| json!(why.as_str()))),
        ("written", applied.word().map(Value::from)),
    ];
    if let Some(event) = event.as_object_mut() {
        event.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    event
}

/// A line of the action log, if something was done.
pub(super) fn action(run_id: &str, LinkFinding { found, applied }: &LinkFinding, now: Timestamp) -> Option<Value> {
    Some(json!({
        "time": now.to_rfc3339(),
        "runId": run_id,
        "userId": found.user_id.as_ref()?.as_str(),
        "stripeCustomerId": found.customer.as_ref()?.as_str(),
        "cause": found.cause.as_str(),
        "written": applied.word()?,
    }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use shared::domain::{CustomerOutcome, Identity, LinkCause, Provider, Unproven};
    use shared::stripe_reconcile::LinkApplied;

    use super::*;

    fn found() -> LinkFound {
        LinkFound {
            cause: LinkCause::MissingLink,
            user_id: Some(Identity::new(Provider::auth0(), "auth0|test123").unwrap().user_id()),
            customer: "cus_1".parse().ok(),
            others: Vec::new(),
            settled: true,
            unproven: None,
            row: None,
        }
    }

    #[test]
    fn a_finding_is_ids_and_causes() {
        let linked = LinkFinding { found: found(), applied: LinkApplied::Tied(CustomerOutcome::Set) };
        let user = "usr_tlrofji4bfbyd37m4eyy3a6ius";
        assert_eq!(columns(&linked.found), [user, "missing_link", "cus_1"]);
        assert_eq!(
            event(&linked),
            json!({"event": "finding", "cause": "missing_link", "settled": true, "userId": user,
                "stripeCustomerId": "cus_1", "written": "linked"})
        );
        assert_eq!(
            action("1-a", &linked, Timestamp::ZERO),
            Some(json!({"time": "1970-01-01T00:00:00Z", "runId": "1-a", "userId": user, "stripeCustomerId": "cus_1",
                "cause": "missing_link", "written": "linked"}))
        );
    }

    #[test]
    fn why_a_link_is_not_made_is_told_and_a_mere_finding_is_no_action() {
        let others = vec!["cus_2".parse().unwrap()];
        let found = LinkFound { unproven: Some(Unproven::LifeUnknown), others, user_id: None, ..found() };
        assert_eq!(columns(&found), ["", "missing_link", "cus_1 cus_2 (life_unknown)"]);
        let seen = LinkFinding { found, applied: LinkApplied::Nothing };
        assert_eq!(event(&seen).get("unproven"), Some(&json!("life_unknown")));
        assert_eq!(action("1-a", &seen, Timestamp::ZERO), None);
    }
}
