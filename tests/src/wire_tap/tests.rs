//! The tap between AWS's own client and an engine that answers by the book.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::sdk;
use crate::served::Served;

type Seen = Arc<Mutex<Vec<Value>>>;

async fn engine(State(seen): State<Seen>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let target = headers["x-amz-target"].to_str().unwrap();
    let (status, answer) = match target.strip_prefix("DynamoDB_20120810.").unwrap() {
        "DeleteItem" => (
            400,
            json!({"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "Item": {"user_id": {"S": "usr_winner"}}}),
        ),
        "GetItem" => (200, json!({"ConsumedCapacity": {"TableName": "Users", "CapacityUnits": 0.5}})),
        "TransactWriteItems" => (
            200,
            json!({"ConsumedCapacity": [
                {"TableName": "Users", "CapacityUnits": 3.0, "WriteCapacityUnits": 3.0,
                    "GlobalSecondaryIndexes": {"by_email": {"WriteCapacityUnits": 1.0}}},
                {"TableName": "Claims", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0},
            ]}),
        ),
        "UpdateItem" => (
            200,
            json!({"Attributes": {"user_id": {"S": "usr_before"}}, "ConsumedCapacity": {
                "TableName": "Users", "CapacityUnits": 2.0, "Table": {"CapacityUnits": 1.0},
                "GlobalSecondaryIndexes": {"by_email": {"CapacityUnits": 1.0}}}}),
        ),
        _ => (200, json!({"TableNames": []})),
    };
    seen.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    (StatusCode::from_u16(status).unwrap(), answer.to_string())
}

struct Stage {
    client: Client,
    tap: Tap,
    seen: Seen,
    _served: Served,
}

async fn stage() -> Stage {
    let seen = Seen::default();
    let router = Router::new().route("/", post(engine)).with_state(Arc::clone(&seen));
    let served = Served::start(router).await;
    let (http, tap) = Tap::new(sdk::plain_http());
    Stage { client: sdk::dynamodb(&served.url(), http), tap, seen, _served: served }
}

fn key() -> AttributeValue {
    AttributeValue::S("usr_x".to_owned())
}

#[tokio::test]
async fn reads_and_writes_are_counted_with_their_units() {
    let Stage { client, tap, seen, _served } = stage().await;
    client.get_item().table_name("Users").key("user_id", key()).send().await.unwrap();
    let update = client.update_item().table_name("Users").key("user_id", key());
    let answer = update.send().await.unwrap();
    assert_eq!(answer.attributes().unwrap()["user_id"].as_s().unwrap(), "usr_before");

    let spent = tap.take();
    let once = BTreeMap::from([("GetItem".to_owned(), 1), ("UpdateItem".to_owned(), 1)]);
    let users = TableSpent { requests: once.clone(), write_units: 2.0, read_units: 0.5 };
    let expected = Spent {
        requests: once,
        write_units: 2.0,
        index_write_units: 1.0,
        read_units: 0.5,
        tables: BTreeMap::from([("Users".to_owned(), users)]),
        ..Spent::default()
    };
    assert_eq!(spent, expected);
    assert_eq!(tap.take(), Spent::default());
    assert!(seen.lock().unwrap().iter().all(|asked| asked["ReturnConsumedCapacity"] == "INDEXES"));
}

#[tokio::test]
async fn a_transaction_counts_once_and_for_each_of_its_tables() {
    let Stage { client, tap, _served, .. } = stage().await;
    let put = |table: &str| {
        let put = Put::builder().table_name(table).item("user_id", key()).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let transaction = client.transact_write_items();
    let transaction = transaction.transact_items(put("Users")).transact_items(put("Claims"));
    transaction.send().await.unwrap();
    let spent = tap.take();
    assert_eq!(spent.total_requests(), 1);
    assert_eq!((spent.write_units, spent.index_write_units), (5.0, 1.0));
    let tables = BTreeMap::from([("Claims".to_owned(), 2.0), ("Users".to_owned(), 3.0)]);
    assert_eq!(spent.writes_by_table(), tables);
    assert_eq!(spent.tables["Claims"].requests["TransactWriteItems"], 1);
}

#[tokio::test]
async fn a_lost_condition_is_one_request_and_its_winner_still_arrives() {
    let Stage { client, tap, _served, .. } = stage().await;
    let delete = client.delete_item().table_name("Users").key("user_id", key());
    let error = delete.send().await.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception());
    let spent = tap.take();
    assert_eq!((spent.total_requests(), spent.lost_conditions), (1, 1));
    assert!(spent.write_units == 0.0 && spent.writes_by_table().is_empty());
}

#[tokio::test]
async fn what_was_asked_for_stays_and_other_operations_are_left_alone() {
    let Stage { client, tap, seen, _served } = stage().await;
    let get = client.get_item().table_name("Users").key("user_id", key());
    get.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.unwrap();
    client.list_tables().send().await.unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0]["ReturnConsumedCapacity"], "TOTAL");
    assert_eq!(seen[1], json!({}));
    assert_eq!(tap.take().requests["ListTables"], 1);
}
