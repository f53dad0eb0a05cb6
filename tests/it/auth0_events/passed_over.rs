//! What is acknowledged and not applied, and both envelopes of EventBridge.

use serde_json::{Value, json};
use tests::auth0_events::{Consumer, EventWay, TENANT, deleted, event, user};
use tests::spine::{Spine, at, auth0, number, text};

use super::now;

const NOW: i64 = 1_770_000_000_000;
const DAY: i64 = 86_400_000;

fn with(event: &Value, field: &str, value: Value) -> Value {
    let mut changed = event.clone();
    changed[field] = value;
    changed
}

async fn consumer() -> (Spine, Consumer) {
    let spine = Spine::fresh().await;
    let consumer = Consumer::new(spine.users(), at(NOW));
    (spine, consumer)
}

#[tokio::test]
async fn events_of_another_tenant_are_acknowledged_and_not_applied_whatever_is_in_them() {
    let (way, now) = (EventWay::start().await, now());
    let ada = user("auth0|a", "Ada", "a@example.com", now - 9000, now - 9000);
    let good = event("user.created", now - 8000, &ada);
    way.told(&good).await;
    let before = way.spine.items(&way.spine.tables.users).await;
    let foreign = with(&good, "a0tenant", "other".into());
    let mut all = vec![with(&deleted(&ada, now), "a0tenant", "other".into()), with(&good, "a0tenant", Value::Null)];
    all.extend(["type", "time", "data"].map(|field| with(&foreign, field, json!(5))));
    all.push(event("user.created", now, &user("auth0|b", "B", "b@example.com", now, now)));
    all.last_mut().unwrap()["a0tenant"] = "Acme".into();
    for event in &all {
        way.told(event).await;
    }
    assert_eq!(way.spine.items(&way.spine.tables.users).await, before);
    assert_eq!((way.given_up(), TENANT), (0, "acme"));
}

#[tokio::test]
async fn test_events_and_kinds_that_nobody_knows_are_acknowledged() {
    let (spine, consumer) = consumer().await;
    let good = event("user.created", NOW, &user("auth0|a", "Ada", "a@example.com", NOW - 9000, NOW - 9000));
    consumer.acknowledges(&with(&good, "a0purpose", "test".into())).await;
    for kind in ["organization.created", "user", "USER.CREATED", "user.created.v2", ""] {
        consumer.acknowledges(&with(&good, "type", kind.into())).await;
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
    consumer.acknowledges(&with(&good, "a0purpose", "other".into())).await;
    assert_eq!(spine.items(&spine.tables.users).await.len(), 1);
}

#[tokio::test]
async fn an_event_of_29_days_ago_is_acknowledged_and_not_applied() {
    let (spine, consumer) = consumer().await;
    let ada = user("auth0|a", "Ada", "a@example.com", NOW - 60 * DAY, NOW - 29 * DAY);
    for event in [
        event("user.created", NOW - 29 * DAY, &ada),
        event("user.updated", NOW - 28 * DAY - 1, &ada),
        deleted(&ada, NOW - 29 * DAY),
    ] {
        consumer.acknowledges(&event).await;
        assert!(spine.items(&spine.tables.users).await.is_empty(), "{event}");
    }
    consumer.acknowledges(&event("user.created", NOW - 28 * DAY, &ada)).await;
    assert_eq!(text(&spine.row(&auth0("auth0|a")).await.unwrap(), "name"), Some("Ada"));
}

#[tokio::test]
async fn both_nestings_of_eventbridge_are_applied() {
    let (spine, consumer) = consumer().await;
    let ada = user("auth0|a", "Ada", "a@example.com", NOW - 9000, NOW - 9000);
    let (created, deleted) = (event("user.created", NOW - 8000, &ada), deleted(&ada, NOW - 1000));
    let envelope = |detail: Value| {
        json!({"version": "0", "id": "1", "detail-type": "user", "source": "aws.partner/auth0.com/acme/auth0.events",
            "account": "000000000000", "time": "2020-01-01T00:00:00Z", "region": "x", "resources": [], "detail": detail})
    };
    consumer.acknowledges(&envelope(created)).await;
    assert_eq!(text(&spine.row(&auth0("auth0|a")).await.unwrap(), "name"), Some("Ada"));
    consumer.acknowledges(&envelope(json!({"event": deleted}))).await;
    let row = spine.row(&auth0("auth0|a")).await.unwrap();
    assert_eq!(number(&row, "identity_deleted_at"), Some(NOW - 1000));
}
