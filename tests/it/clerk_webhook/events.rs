//! Which events are applied. What is acknowledged without being applied leaves the table as it was.

use serde_json::{Value, json};
use shared::aws::Secret;
use shared::clock::Clock;
use shared::secret::SecretText;
use tests::clerk_events::{WEBHOOK_SECRET, deleted, event, user};
use tests::doors::{ClerkDoor, assert_problem};
use tests::spine::{Spine, at, clerk, number, text};

use super::{NOW, created, door};

const DAY: i64 = 86_400_000;

fn with(event: &Value, field: &str, value: Value) -> Value {
    let mut changed = event.clone();
    changed[field] = value;
    changed
}

fn without(event: &Value, field: &str) -> Value {
    let mut changed = event.clone();
    changed.as_object_mut().unwrap().remove(field);
    changed
}

#[tokio::test]
async fn each_event_says_in_its_answer_what_became_of_it() {
    let (spine, door) = door().await;
    assert_eq!(door.result(&created("user_1")).await, "created");
    assert_eq!(door.result(&created("user_1")).await, "unchanged");
    let renamed = user("user_1", ("Augusta", "King"), "ada@example.com", NOW - 1000, NOW - 400);
    assert_eq!(door.result(&event("user.updated", NOW + 1, &renamed)).await, "updated");
    assert_eq!(door.result(&created("user_1")).await, "stale");
    assert_eq!(door.result(&deleted("user_1", NOW + 2)).await, "deleted");
    assert_eq!(door.result(&deleted("user_1", NOW + 2)).await, "stale");
    assert_eq!(door.result(&created("user_1")).await, "deleted");
    let row = spine.row(&clerk("user_1")).await.unwrap();
    assert_eq!(number(&row, "identity_deleted_at"), Some(NOW + 2));
    assert_eq!(number(&row, "expires_at"), Some((NOW + 30 * DAY) / 1000));
}

#[tokio::test]
async fn events_of_another_instance_are_acknowledged_and_not_applied_whatever_is_in_them() {
    let (spine, door) = door().await;
    let good = created("user_1");
    door.result(&good).await;
    let before = spine.items(&spine.tables.users).await;
    let foreign = with(&good, "instance_id", "ins_other".into());
    let mut all = vec![foreign.clone(), without(&good, "instance_id"), json!({})];
    all.extend(
        [json!(null), json!(5), json!(["ins_local"]), json!(""), json!("INS_LOCAL")]
            .map(|id| with(&good, "instance_id", id)),
    );
    all.push(with(&deleted("user_1", NOW + 5), "instance_id", "ins_other".into()));
    for (field, odd) in [("type", json!(5)), ("type", json!(null)), ("data", json!("x")), ("timestamp", json!("x"))] {
        all.push(with(&foreign, field, odd));
    }
    all.extend(["type", "data", "timestamp"].map(|field| without(&foreign, field)));
    for event in all {
        assert_eq!(door.result(&event).await, "foreign", "{event}");
    }
    assert_eq!(spine.items(&spine.tables.users).await, before);
}

#[tokio::test]
async fn without_a_known_instance_events_of_any_are_applied() {
    let spine = Spine::fresh().await;
    let secret = Secret::fixed(vec![SecretText::new(WEBHOOK_SECRET)]);
    let door = ClerkDoor::with(spine.users(), secret, None, Clock::standing(at(NOW)));
    assert_eq!(door.result(&with(&created("user_1"), "instance_id", "ins_other".into())).await, "created");
    assert_eq!(door.result(&without(&created("user_2"), "instance_id")).await, "created");
    let typeless = with(&created("user_3"), "type", json!(5));
    assert_problem(&door.deliver(&typeless).await, 400, "field_invalid", "a type that is no text");
}

#[tokio::test]
async fn unknown_types_are_acknowledged_and_a_type_that_is_no_text_is_refused() {
    let (spine, door) = door().await;
    for kind in ["session.created", "organizationMembership.created", "user", "user.createdX", "USER.CREATED", ""] {
        assert_eq!(door.result(&with(&created("user_1"), "type", kind.into())).await, "unknown_kind");
        assert_eq!(door.result(&json!({"type": kind, "instance_id": "ins_local"})).await, "unknown_kind");
    }
    for odd in [json!(5), json!(null), json!([]), json!({"user": "created"}), json!(true)] {
        let answer = door.deliver(&with(&created("user_1"), "type", odd)).await;
        assert_problem(&answer, 400, "field_invalid", "a type that is no text");
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn a_deletion_of_nobody_is_acknowledged() {
    let (spine, door) = door().await;
    door.result(&created("user_1")).await;
    let before = spine.items(&spine.tables.users).await;
    for data in [json!({"object": "user", "deleted": true}), json!({"id": null, "deleted": true}), json!({})] {
        assert_eq!(door.result(&with(&deleted("user_1", NOW), "data", data)).await, "without_id");
    }
    assert_eq!(spine.items(&spine.tables.users).await, before);
}

#[tokio::test]
async fn an_event_of_29_days_ago_is_acknowledged_and_not_applied() {
    let (spine, door) = door().await;
    let data = user("user_1", ("Ada", "Lovelace"), "ada@example.com", NOW - 60 * DAY, NOW - 29 * DAY);
    for sent_at in [NOW - 29 * DAY, NOW - 28 * DAY - 1, (NOW - 29 * DAY) / 1000] {
        for event in
            [event("user.created", sent_at, &data), event("user.updated", sent_at, &data), deleted("user_1", sent_at)]
        {
            assert_eq!(door.result(&event).await, "too_old", "{event}");
        }
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
    assert_eq!(door.result(&event("user.created", NOW - 28 * DAY, &data)).await, "created");
    door.result(&deleted("user_1", NOW)).await;
    // The tombstone is alive as long as any event that it must hold off can be applied.
    let row = spine.row(&clerk("user_1")).await.unwrap();
    assert!(number(&row, "expires_at") > Some((NOW + 29 * DAY) / 1000));
}

#[tokio::test]
async fn seconds_in_an_envelope_are_told_from_milliseconds() {
    let (spine, door) = door().await;
    let mut data = user("user_1", ("Ada", "Lovelace"), "ada@example.com", NOW / 1000 - 10, NOW / 1000 - 5);
    door.result(&event("user.created", NOW / 1000, &data)).await;
    let row = spine.row(&clerk("user_1")).await.unwrap();
    assert_eq!(text(&row, "profile_version"), Some(format!("{:013}{NOW:013}", NOW - 5000).as_str()));
    assert_eq!(number(&row, "provider_created_at"), Some(NOW - 10_000));
    data["first_name"] = "Augusta".into();
    data["updated_at"] = (NOW - 4000).into();
    assert_eq!(door.result(&event("user.updated", NOW + 1, &data)).await, "updated");
    assert_eq!(door.result(&deleted("user_1", NOW / 1000 + 1)).await, "deleted");
    assert_eq!(number(&spine.row(&clerk("user_1")).await.unwrap(), "identity_deleted_at"), Some(NOW + 1000));
}
