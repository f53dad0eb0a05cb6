//! What the system is told, and what is kept.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ask, clerk, get, request};
use crate::clerk::{ClerkOptions, Filter, NewUser, UserPatch};
use crate::delivery::SvixKey;
use crate::stand_in::sink::Sink;

#[tokio::test]
async fn each_change_sends_a_signed_webhook() {
    let (sink, url) = Sink::start(&[500]).await;
    let clerk = clerk();
    clerk.set_webhook_url(format!("{url}/clerk/webhook"));
    let user = clerk.create_user(NewUser::person("ada@example.com", "Ada", "Lindqvist")).unwrap();
    let change = UserPatch { first_name: "Adele".into(), external_id: "ext-1".into(), ..UserPatch::default() };
    clerk.update_user(&user.id, change).unwrap();
    let path = format!("/v1/users/{}", user.id);
    let (_, gone) = ask(&clerk, request(Method::DELETE, &path, &Value::Null)).await;
    assert_eq!(gone, json!({ "object": "user", "id": user.id, "deleted": true, "external_id": "ext-1" }));
    clerk.idle().await;

    let received = sink.received();
    let kinds: Vec<Value> = received.iter().map(|it| it.json()["type"].clone()).collect();
    assert_eq!(kinds, ["user.created", "user.created", "user.updated", "user.deleted"]);
    let ids: Vec<&str> = received.iter().map(|it| it.header("svix-id")).collect();
    assert!(ids.windows(2).map(|pair| pair[0] == pair[1]).eq([true, false, false]), "{ids:?}");
    let key = SvixKey::parse(&ClerkOptions::default().webhook_secret).unwrap();
    for it in &received {
        let seconds = it.header("svix-timestamp").parse().unwrap();
        assert_eq!(it.header("svix-signature"), key.sign(it.header("svix-id"), seconds, &it.body));
        assert!(it.json()["timestamp"].as_i64().unwrap() > 1_700_000_000_000);
        assert_eq!(it.json()["instance_id"], "ins_local");
    }
    assert_eq!(received.last().unwrap().json()["data"], gone);
    assert_eq!(received[2].json()["data"]["first_name"], "Adele");
}

#[tokio::test]
async fn deliveries_are_controlled_by_http() {
    let clerk = clerk();
    let body = json!({ "target": "http://127.0.0.1:9/hook", "lose": 1, "delayMs": [1, 2] });
    let (status, state) = ask(&clerk, request(Method::PUT, "/_control/deliveries", &body)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(state["faults"], json!({ "lose": 1.0, "repeat": 0.0, "delayMs": [1, 2], "reorder": 0, "seed": 0 }));
    clerk.create_user(NewUser::default()).unwrap();
    let (_, state) = get(&clerk, "/_control/deliveries").await;
    assert_eq!((&state["target"], &state["counters"]["lost"]), (&body["target"], &json!(1)));
    let (status, _) = ask(&clerk, request(Method::PUT, "/_control/deliveries", &json!({ "lose": 2 }))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_snapshot_brings_everybody_back() {
    let clerk = clerk();
    clerk.seed_people();
    let other = self::clerk();
    other.restore(clerk.snapshot()).unwrap();
    assert_eq!(other.snapshot(), clerk.snapshot());
    let new = other.create_user(NewUser::person("new@example.com", "New", "Comer")).unwrap();
    assert!(clerk.user(&new.id).is_none());
    assert_eq!(other.count(&Filter::default()), 4);
}
