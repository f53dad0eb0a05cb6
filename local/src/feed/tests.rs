//! The stream of the embedded engine, handed to a consumer that fails as told.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::config::{Env, Tables};
use tokio::sync::watch;

use super::*;
use crate::engine::Engine;
use crate::tables::{Stream, create_with};

/// A table with a stream, and what a consumer was given of it.
struct Stage {
    engine: Engine,
    dynamodb: aws_sdk_dynamodb::Client,
    aws: Aws,
    arn: String,
}

/// The keys of each batch that was handed over.
type Given = Arc<Mutex<Vec<Vec<String>>>>;

impl Stage {
    async fn set() -> Self {
        let engine = Engine::for_test().unwrap();
        let env = Env::of([("DYNAMODB_ENDPOINT", engine.endpoint())]);
        let aws = Aws::from_env(&env).unwrap();
        let dynamodb = aws::dynamodb(&aws, aws::http_client(&aws), Duration::from_secs(20));
        create_with(&dynamodb, &Tables::from_env(&env), Stream::AsDefined).await.unwrap();
        let table = dynamodb.describe_table().table_name("Users").send().await.unwrap().table.unwrap();
        Self { engine, dynamodb, aws, arn: table.latest_stream_arn.unwrap() }
    }

    async fn put(&self, id: &str) {
        let item = [("user_id", AttributeValue::S(id.to_owned())), ("n", AttributeValue::N("7".to_owned()))];
        let put = self.dynamodb.put_item().table_name("Users");
        item.into_iter().fold(put, |put, (name, value)| put.item(name, value)).send().await.unwrap();
    }

    /// Follows the stream until this many records were passed, with a consumer that answers by `answer`.
    async fn follow(
        &self,
        positions: &Positions,
        enough: usize,
        answer: impl Fn(&[String]) -> Option<Value> + Send + Sync,
    ) -> Vec<Vec<String>> {
        let given = Given::default();
        let (passed, mut seen) = watch::channel(0);
        let following = follow(
            streams(&self.aws, aws::http_client(&self.aws)),
            self.arn.clone(),
            positions.clone(),
            Duration::ZERO,
            |event: Value| {
                let ids: Vec<String> = event["Records"].as_array().unwrap().iter().map(key).collect();
                let answer = answer(&ids);
                if answer.as_ref().is_some_and(|answer| answer["batchItemFailures"] == json!([])) {
                    passed.send_modify(|passed| *passed += ids.len());
                }
                given.lock().unwrap().push(ids);
                std::future::ready(answer)
            },
        );
        tokio::select! {
            () = following => {}
            _ = seen.wait_for(|passed| *passed >= enough) => {}
        }
        Arc::into_inner(given).unwrap().into_inner().unwrap()
    }
}

fn key(record: &Value) -> String {
    record["dynamodb"]["Keys"]["user_id"]["S"].as_str().unwrap().to_owned()
}

fn well() -> Value {
    json!({"batchItemFailures": []})
}

#[tokio::test]
async fn changes_come_in_order_each_with_both_images_and_a_removal_by_ttl_says_so() {
    let stage = Stage::set().await;
    stage.put("a").await;
    stage.put("b").await;
    let expired = AttributeValue::N("1".to_owned());
    let update = stage.dynamodb.update_item().table_name("Users").key("user_id", AttributeValue::S("a".to_owned()));
    let update = update.update_expression("SET expires_at = :past").expression_attribute_values(":past", expired);
    update.send().await.unwrap();
    assert_eq!(stage.engine.sweep_ttl().unwrap(), 1);
    let events = Mutex::new(Vec::new());
    let seen = watch::Sender::new(0);
    let following = follow(
        streams(&stage.aws, aws::http_client(&stage.aws)),
        stage.arn.clone(),
        Positions::default(),
        Duration::ZERO,
        |event: Value| {
            let records = event["Records"].as_array().unwrap().clone();
            seen.send_modify(|seen| *seen += records.len());
            events.lock().unwrap().extend(records);
            std::future::ready(Some(well()))
        },
    );
    let mut enough = seen.subscribe();
    tokio::select! {
        () = following => {}
        _ = enough.wait_for(|seen| *seen == 4) => {}
    }
    let events = events.into_inner().unwrap();
    let names: Vec<_> = events.iter().map(|it| (it["eventName"].as_str().unwrap(), key(it))).collect();
    let expected = [("INSERT", "a"), ("INSERT", "b"), ("MODIFY", "a"), ("REMOVE", "a")];
    assert_eq!(names, expected.map(|(name, key)| (name, key.to_owned())));
    let [made, _, changed, removed] = <[Value; 4]>::try_from(events).unwrap();
    assert_eq!(made["dynamodb"]["NewImage"], json!({"user_id": {"S": "a"}, "n": {"N": "7"}}));
    assert!(made["dynamodb"].get("OldImage").is_none() && made.get("userIdentity").is_none());
    assert_eq!(changed["dynamodb"]["OldImage"], made["dynamodb"]["NewImage"]);
    assert_eq!(changed["dynamodb"]["NewImage"]["expires_at"], json!({"N": "1"}));
    assert_eq!(removed["userIdentity"], json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"}));
}

#[tokio::test]
async fn what_fails_comes_again_from_there_on_and_alone_until_it_passes() {
    let stage = Stage::set().await;
    for id in ["a", "b", "c", "d"] {
        stage.put(id).await;
    }
    // Whatever holds c fails twice: as a whole, then alone.
    let failures = Mutex::new(2);
    let anew = Positions::default();
    let given = stage.follow(&anew, 4, |ids| {
        let mut left = failures.lock().unwrap();
        if *left > 0 && ids.iter().any(|id| id == "c") {
            *left -= 1;
            return None;
        }
        Some(well())
    });
    let given = given.await;
    assert_eq!(given, [vec!["a", "b", "c", "d"], vec!["a"], vec!["b", "c", "d"], vec!["b"], vec!["c", "d"]]);
}

#[tokio::test]
async fn one_that_never_passes_is_given_up_and_holds_up_nobody() {
    let stage = Stage::set().await;
    for id in ["a", "bad", "c"] {
        stage.put(id).await;
    }
    let given = stage.follow(&Positions::default(), 2, |ids| (!ids.contains(&"bad".to_owned())).then(well)).await;
    assert_eq!(given.iter().filter(|ids| ids.contains(&"bad".to_owned())).count(), 1 + 8);
    assert_eq!(given.last().unwrap(), &["c"]);
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was_and_without_a_memory_all_comes_again() {
    let stage = Stage::set().await;
    stage.put("a").await;
    let positions = Positions::default();
    // The position is noted after the answer, so the next batch shows that it was.
    stage.put("b").await;
    assert_eq!(stage.follow(&positions, 2, |_| Some(well())).await.concat(), ["a", "b"]);
    stage.put("c").await;
    let kept = positions.snapshot();
    let rest = stage.follow(&Positions::restored(Some(kept)), 1, |_| Some(well())).await.concat();
    assert!(rest.ends_with(&["c".to_owned()]), "{rest:?}");
    assert_eq!(stage.follow(&Positions::restored(None), 3, |_| Some(well())).await.concat(), ["a", "b", "c"]);
}
