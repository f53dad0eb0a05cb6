//! Faults between AWS's own client and an engine that only counts.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};
use axum::Router;
use axum::routing::post;

use super::*;
use crate::sdk;
use crate::served::Served;

struct Stage {
    client: Client,
    faults: Faults,
    arrived: Arc<AtomicU32>,
    _served: Served,
}

async fn stage(seed: u64) -> Stage {
    let arrived = Arc::<AtomicU32>::default();
    let counter = Arc::clone(&arrived);
    let count = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        std::future::ready("{}")
    };
    let served = Served::start(Router::new().route("/", post(count))).await;
    let (http, faults) = Faults::new(sdk::plain_http(), seed);
    Stage { client: sdk::dynamodb(&served.url(), http), faults, arrived, _served: served }
}

fn key() -> AttributeValue {
    AttributeValue::S("usr_x".to_owned())
}

impl Stage {
    /// One update: `ok`, the error's code, or `broken` for a connection that broke.
    async fn update(&self) -> String {
        let update = self.client.update_item().table_name("Users").key("user_id", key());
        match update.send().await {
            Ok(_) => "ok".to_owned(),
            Err(SdkError::DispatchFailure(failure)) if failure.is_io() => "broken".to_owned(),
            Err(error) => code(&error.into_service_error()),
        }
    }

    fn arrived(&self) -> u32 {
        self.arrived.load(Ordering::SeqCst)
    }
}

fn code(error: &UpdateItemError) -> String {
    error.meta().code().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn a_script_is_played_in_its_order_and_only_what_should_arrives() {
    let stage = stage(1).await;
    let faults = &stage.faults;
    faults.fail_next("UpdateItem", 1, Fault::Conflict);
    faults.pass_next("UpdateItem", 1);
    faults.fail_next("UpdateItem", 2, Fault::Throttled);
    for fault in [Fault::RateExceeded, Fault::InternalError, Fault::NeverSent, Fault::LostReply] {
        faults.fail_next("UpdateItem", 1, fault);
    }
    faults.fail_next("PutItem", 1, Fault::Throttled);
    let mut met = Vec::new();
    for _ in 0..9 {
        met.push((stage.update().await, stage.arrived()));
    }
    let expected = [
        ("TransactionConflictException", 0),
        ("ok", 1),
        ("ProvisionedThroughputExceededException", 1),
        ("ProvisionedThroughputExceededException", 1),
        ("ThrottlingException", 1),
        ("InternalServerError", 1),
        ("broken", 1),
        ("broken", 2),
        ("ok", 3),
    ];
    assert_eq!(met, expected.map(|(code, arrived)| (code.to_owned(), arrived)));
    assert_eq!(faults.injected()[&Fault::Throttled], 2);
}

#[tokio::test]
async fn a_conflict_cancels_a_transaction_with_a_reason_for_each_item() {
    let stage = stage(1).await;
    stage.faults.fail_next("TransactWriteItems", 1, Fault::Conflict);
    let delete = Delete::builder().table_name("Users").key("user_id", key()).build().unwrap();
    let item = TransactWriteItem::builder().delete(delete).build();
    let transaction = stage.client.transact_write_items();
    let transaction = transaction.transact_items(item.clone()).transact_items(item);
    let error = transaction.send().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error:?}");
    };
    let reasons = cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap());
    assert_eq!(reasons.collect::<Vec<_>>(), ["None", "TransactionConflict"]);
    assert_eq!(stage.arrived(), 0);
}

#[tokio::test]
async fn an_engine_that_is_down_comes_back() {
    let stage = stage(1).await;
    stage.faults.set_down(true);
    assert_eq!(stage.update().await, "broken");
    stage.faults.set_down(false);
    assert_eq!(stage.update().await, "ok");
    assert_eq!(stage.arrived(), 1);
}

#[tokio::test]
async fn the_same_seed_meets_the_same_faults_and_another_does_not() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let stage = stage(seed).await;
        stage.faults.chance(Fault::Conflict, 0.3);
        stage.faults.chance_on("UpdateItem", Fault::LostReply, 0.3);
        let mut met = Vec::new();
        for _ in 0..60 {
            met.push(stage.update().await);
        }
        assert!(met.iter().any(|code| code == "ok"));
        assert!(met.iter().any(|code| code == "broken"));
        assert!(met.iter().any(|code| code == "TransactionConflictException"));
        runs.push(met);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn a_read_never_meets_a_conflict_by_chance_and_calm_ends_all_of_it() {
    let stage = stage(1).await;
    stage.faults.chance(Fault::Conflict, 1.0);
    let get = stage.client.get_item().table_name("Users").key("user_id", key());
    get.send().await.unwrap();
    assert_eq!(stage.update().await, "TransactionConflictException");
    stage.faults.calm();
    assert_eq!(stage.update().await, "ok");
}
