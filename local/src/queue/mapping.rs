//! What Lambda does between a queue and a function: batches, several at once, and again what an answer names as failed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::Queues;
use super::api::arn;
use super::shelf::{Received, Which};
use crate::invoke::Function;

/// Delivers the queue's events to `function`, for ever. What failed comes again after `backoff`, twice as long each
/// time: on AWS the queue's visibility timeout, which is long, stands in its place.
pub(crate) async fn deliver(queues: Queues, function: Function, backoff: Duration) {
    let permits = Arc::new(Semaphore::new(queues.it.definition.at_once));
    // It is never closed.
    while let Ok(permit) = permits.clone().acquire_owned().await {
        let batch = next(&queues).await;
        let (queues, function) = (queues.clone(), function.clone());
        tokio::spawn(async move {
            settle(&queues, function, batch, backoff).await;
            drop(permit);
        });
    }
}

/// The next batch, as soon as there is one.
async fn next(queues: &Queues) -> Vec<Received> {
    let mut changes = queues.it.changes.subscribe();
    loop {
        changes.borrow_and_update();
        let due = queues.next(Which::Events);
        if due.is_some_and(|due| due <= shared::clock::instant()) {
            let batch = queues.receive(Which::Events, queues.it.definition.batch, None);
            if !batch.is_empty() {
                return batch;
            }
            continue;
        }
        let due = async {
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            _ = changes.changed() => {}
        }
    }
}

async fn settle(queues: &Queues, function: Function, batch: Vec<Received>, backoff: Duration) {
    let answer = function.invoke(event(&batch)).await;
    let reports = queues.it.definition.reports;
    let failed = answer.ok().and_then(|answer| if reports { failed(&answer) } else { Some(BTreeSet::new()) });
    let is_here = |id: &String| batch.iter().any(|message| message.id == *id);
    let failed = failed.filter(|failed| failed.iter().all(is_here));
    for message in batch {
        if failed.as_ref().is_none_or(|failed| failed.contains(&message.id)) {
            let times = 1 << (message.receives - 1).min(4);
            queues.give_back(Which::Events, &message.receipt, backoff * times);
        } else {
            queues.delete(Which::Events, &message.receipt);
        }
    }
}

/// The ids that an answer names: none where it has no list. `None` when the list is none of ids, and then all failed.
fn failed(answer: &Value) -> Option<BTreeSet<String>> {
    let named = answer.get("batchItemFailures").filter(|named| !named.is_null());
    let Some(named) = named else { return Some(BTreeSet::new()) };
    named.as_array()?.iter().map(|it| it.get("itemIdentifier")?.as_str().map(str::to_owned)).collect()
}

fn event(batch: &[Received]) -> Value {
    let record = |it: &Received| {
        json!({"messageId": it.id, "receiptHandle": it.receipt, "body": it.body, "messageAttributes": {},
            "attributes": {"ApproximateReceiveCount": it.receives.to_string(), "SentTimestamp": it.sent_at.to_string()},
            "eventSource": "aws:sqs", "eventSourceARN": arn(Which::Events), "awsRegion": "us-east-1"})
    };
    json!({"Records": batch.iter().map(record).collect::<Vec<_>>()})
}
