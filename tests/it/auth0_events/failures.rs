//! What fails, fails alone: poison ends among the dead letters, and a database that is away costs nothing but time.

use serde_json::{Value, json};
use tests::auth0_events::{Consumer, EventWay, deleted, event, user};
use tests::faults::{Fault, Faults};
use tests::sdk::plain_http;
use tests::spine::{Spine, at, auth0, number, text};
use tests::web;

use super::now;

const NOW: i64 = 1_770_000_000_000;

fn created(subject: &str, now: i64) -> Value {
    event("user.created", now - 8000, &user(subject, "Ada", "a@example.com", now - 9000, now - 9000))
}

#[tokio::test]
async fn a_message_that_cannot_be_read_fails_alone() {
    let spine = Spine::fresh().await;
    let consumer = Consumer::new(spine.users(), at(NOW));
    let mut typeless = created("auth0|x", NOW);
    typeless["type"] = json!(5);
    let mut nobody = created("auth0|x", NOW);
    nobody["data"]["object"]["user_id"] = json!(null);
    let mut timeless = deleted(&user("auth0|x", "X", "x@example.com", NOW - 9000, NOW - 9000), NOW);
    timeless["data"]["object"]["deleted_at"] = json!("yesterday");
    let bodies = [
        created("auth0|0", NOW).to_string(),
        "{".to_owned(),
        typeless.to_string(),
        created("auth0|1", NOW).to_string(),
        nobody.to_string(),
        timeless.to_string(),
        json!({"specversion": "1.0"}).to_string(),
        "[]".to_owned(),
        created("auth0|2", NOW).to_string(),
    ];
    // Without a tenant it is foreign, which is judged before anything else.
    assert_eq!(consumer.take(&bodies).await, [1, 2, 4, 5, 7]);
    assert_eq!(spine.items(&spine.tables.users).await.len(), 3);
}

#[tokio::test]
async fn poison_ends_among_the_dead_letters_and_keeps_nobody_waiting() {
    let (way, now) = (EventWay::start().await, now());
    for number in 0..12 {
        way.deliver(&created(&format!("auth0|{number}"), now)).await;
        if number % 4 == 0 {
            way.deliver(&json!({"specversion": "1.0", "a0tenant": "acme", "type": 5, "number": number})).await;
        }
    }
    way.queues().settled().await;
    assert_eq!(way.spine.items(&way.spine.tables.users).await.len(), 12);
    assert_eq!(way.given_up(), 3);
}

#[tokio::test]
async fn several_events_of_one_user_in_one_batch_end_as_they_would_one_by_one() {
    let spine = Spine::fresh().await;
    let consumer = Consumer::new(spine.users(), at(NOW));
    let told = |name: &str, ago: i64| {
        event("user.updated", NOW - ago, &user("auth0|a", name, "a@example.com", NOW - 9000, NOW - ago)).to_string()
    };
    let mut batch: Vec<String> = (0..9).map(|number| told(&format!("N{number}"), 8000 - 100 * number)).collect();
    assert!(consumer.take(&batch).await.is_empty());
    assert_eq!(text(&spine.row(&auth0("auth0|a")).await.unwrap(), "name"), Some("N8"));
    batch.insert(4, deleted(&user("auth0|a", "A", "a@example.com", NOW - 9000, NOW), NOW - 1000).to_string());
    assert!(consumer.take(&batch).await.is_empty());
    let row = spine.row(&auth0("auth0|a")).await.unwrap();
    assert_eq!(number(&row, "identity_deleted_at"), Some(NOW - 1000));
}

#[tokio::test]
async fn each_fault_of_the_database_fails_its_message_alone_and_the_next_delivery_ends_right() {
    for fault in [Fault::Conflict, Fault::Throttled, Fault::InternalError, Fault::LostReply, Fault::NeverSent] {
        let spine = Spine::fresh().await;
        let (http, faults) = Faults::new(plain_http(), 1);
        let consumer = Consumer::new(spine.users_over(http), at(NOW));
        let ada = user("auth0|a", "Ada", "a@example.com", NOW - 9000, NOW - 9000);
        for body in [created("auth0|a", NOW), deleted(&ada, NOW - 1000)] {
            let batch = [body.to_string(), event("user.unknown", NOW, &json!({})).to_string()];
            faults.chance(fault, 1.0);
            assert_eq!(consumer.take(&batch).await, [0], "{fault:?}");
            faults.calm();
            assert!(consumer.take(&batch).await.is_empty(), "{fault:?}");
            assert!(consumer.take(&batch).await.is_empty(), "{fault:?}, once more");
        }
        let row = spine.row(&auth0("auth0|a")).await.unwrap();
        assert_eq!(number(&row, "identity_deleted_at"), Some(NOW - 1000), "{fault:?}");
    }
}

#[tokio::test]
async fn a_payload_that_is_no_batch_is_refused_and_an_empty_batch_is_not() {
    let way = EventWay::start().await;
    for payload in [json!(null), json!({}), json!({"Records": 5}), json!({"Records": [{"body": "canary"}]})] {
        let refused = web::invoke(&way.system.lambda, "auth0-events", &payload).await.unwrap_err();
        assert_eq!(refused.error_type, "field_invalid", "{payload}");
    }
    let answer = web::invoke(&way.system.lambda, "auth0-events", &json!({"Records": []})).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
}
