//! A queue of SQS: what a door leaves for later, and how an operator brings back what was given up.

use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::QueueAttributeName;

use crate::aws::{self, kind_of_failure};
use crate::config::{Aws, QueueUrl};

/// The queue could not be asked, or refused. It names the request and a kind, never what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} is unavailable: {kind}")]
pub struct QueueError {
    /// What was asked.
    pub operation: &'static str,
    /// The service's own code, or how the request failed.
    pub kind: String,
}

/// One queue.
#[derive(Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

/// How a queue stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its ARN.
    pub arn: String,
    /// Messages that wait; SQS counts them approximately.
    pub waiting: u64,
    /// Messages that somebody has received and not yet deleted or given back; approximately, too.
    pub in_flight: u64,
}

/// How far messages have been moved from one queue to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// SQS's word for it: `RUNNING`, `COMPLETED`, `CANCELLED`, `FAILED`.
    pub status: String,
    /// Messages moved so far.
    pub moved: u64,
    /// When it began, in ms.
    pub started: i64,
    /// Why it failed, in SQS's words.
    pub failure: Option<String>,
}

impl Queue {
    /// The queue at `url`, whose requests end within `patience`.
    pub fn open(url: &QueueUrl, aws: &Aws, http: SharedHttpClient, patience: Duration) -> Self {
        Self { client: aws::sqs(aws, http, patience, &url.origin()), url: url.as_str().to_owned() }
    }

    /// Opens the connection ahead of the first message, by one without a body, which SQS refuses.
    pub async fn prime(&self) {
        // What it answers does not matter, and neither does a failure: the first message tells.
        let _ = self.client.send_message().queue_url(&self.url).message_body("").send().await;
    }

    /// Puts a message on the queue.
    pub async fn send(&self, message: String) -> Result<(), QueueError> {
        let request = self.client.send_message().queue_url(&self.url).message_body(message);
        request.send().await.map(|_| ()).map_err(failed("SendMessage"))
    }

    /// Its ARN, and how many messages are on it.
    pub async fn standing(&self) -> Result<Standing, QueueError> {
        let waiting = QueueAttributeName::ApproximateNumberOfMessages;
        let in_flight = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        let names = [QueueAttributeName::QueueArn, waiting.clone(), in_flight.clone()].to_vec();
        let request = self.client.get_queue_attributes().queue_url(&self.url).set_attribute_names(Some(names));
        let answer = request.send().await.map_err(failed("GetQueueAttributes"))?;
        let told = |name: &QueueAttributeName| answer.attributes()?.get(name).cloned();
        let odd = || QueueError { operation: "GetQueueAttributes", kind: "unreadable answer".to_owned() };
        let count = |name| told(name).and_then(|count| count.parse().ok()).ok_or_else(odd);
        let arn = told(&QueueAttributeName::QueueArn).ok_or_else(odd)?;
        Ok(Standing { arn, waiting: count(&waiting)?, in_flight: count(&in_flight)? })
    }

    /// Begins to move all messages from the dead-letter queue `from` to the queue `to`, both by their ARNs.
    pub async fn begin_move(&self, from: &str, to: &str) -> Result<(), QueueError> {
        // Without a destination, SQS moves only what it put there itself, and not what a rule of EventBridge gave up.
        let request = self.client.start_message_move_task().source_arn(from).destination_arn(to);
        request.send().await.map(|_| ()).map_err(failed("StartMessageMoveTask"))
    }

    /// How far the last move from `from` is; `None` if there was none.
    pub async fn moving(&self, from: &str) -> Result<Option<Moving>, QueueError> {
        let request = self.client.list_message_move_tasks().source_arn(from).max_results(1);
        let answer = request.send().await.map_err(failed("ListMessageMoveTasks"))?;
        Ok(answer.results().first().map(|task| Moving {
            status: task.status().unwrap_or_default().to_owned(),
            moved: u64::try_from(task.approximate_number_of_messages_moved()).unwrap_or(0),
            started: task.started_timestamp(),
            failure: task.failure_reason().map(str::to_owned),
        }))
    }
}

fn failed<E: ProvideErrorMetadata, R>(operation: &'static str) -> impl Fn(SdkError<E, R>) -> QueueError {
    move |error| QueueError { operation, kind: kind_of_failure(&error) }
}
