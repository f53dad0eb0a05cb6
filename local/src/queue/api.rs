//! SQS's JSON protocol, as far as a sender, an operator and somebody who looks need it.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::shelf::{Received, Which};
use super::{Count, Queues};
use crate::aws_api::Refused;

/// SQS's own limit of a message.
const LARGEST: usize = 1 << 20;

/// Any account.
const ACCOUNT: &str = "000000000000";

/// A queue's ARN.
pub(super) fn arn(which: Which) -> String {
    format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{}", which.name())
}

/// A queue's URL, where the API is served at `origin`.
pub(super) fn url(origin: &str, which: Which) -> String {
    format!("{origin}/{ACCOUNT}/{}", which.name())
}

/// Answers one operation.
pub(crate) fn answer(
    queues: &Queues,
    operation: &str,
    headers: &HeaderMap,
    input: &Map<String, Value>,
) -> Result<Value, Refused> {
    match operation {
        "SendMessage" => send(queues, input),
        "ReceiveMessage" => Ok(receive(queues, queue(input)?, input)),
        "DeleteMessage" => {
            queues.delete(queue(input)?, text(input, "ReceiptHandle")?);
            Ok(json!({}))
        }
        "GetQueueAttributes" => Ok(attributes(queues, queue(input)?)),
        "GetQueueUrl" => {
            let which = named(text(input, "QueueName")?)?;
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1:3001");
            Ok(json!({"QueueUrl": url(&format!("http://{host}"), which)}))
        }
        "StartMessageMoveTask" => move_back(queues, input),
        "ListMessageMoveTasks" => Ok(moves(queues)),
        other => Err(Refused::new("UnknownOperationException", format!("this stand-in for SQS does not know {other}"))),
    }
}

fn send(queues: &Queues, input: &Map<String, Value>) -> Result<Value, Refused> {
    let (which, body) = (queue(input)?, text(input, "MessageBody")?);
    if body.len() > LARGEST {
        return Err(Refused::new("InvalidParameterValue", "a message has 1 MiB at the most"));
    }
    let odd = |it: char| (it < ' ' && !matches!(it, '\t' | '\n' | '\r')) || matches!(it, '\u{fffe}' | '\u{ffff}');
    if body.contains(odd) {
        return Err(Refused::new("InvalidMessageContents", "a message has a character that none may have"));
    }
    Ok(json!({"MessageId": queues.send(which, body)}))
}

fn receive(queues: &Queues, which: Which, input: &Map<String, Value>) -> Value {
    let number = |name: &str| input.get(name).and_then(Value::as_u64);
    let most = number("MaxNumberOfMessages").and_then(|most| usize::try_from(most).ok()).unwrap_or(1).clamp(1, 10);
    let visibility = number("VisibilityTimeout").map(Duration::from_secs);
    let told = |it: Received| json!({"MessageId": it.id, "ReceiptHandle": it.receipt, "Body": it.body});
    let messages: Vec<Value> = queues.receive(which, most, visibility).into_iter().map(told).collect();
    if messages.is_empty() { json!({}) } else { json!({"Messages": messages}) }
}

/// All of them, whichever are asked for.
fn attributes(queues: &Queues, which: Which) -> Value {
    let Count { waiting, in_flight } = queues.count(which);
    json!({"Attributes": {"QueueArn": arn(which), "ApproximateNumberOfMessages": waiting.to_string(),
        "ApproximateNumberOfMessagesNotVisible": in_flight.to_string()}})
}

/// Done at once, where SQS takes its time.
fn move_back(queues: &Queues, input: &Map<String, Value>) -> Result<Value, Refused> {
    let gone = || Refused::new("ResourceNotFoundException", "there is no such queue of dead letters");
    if text(input, "SourceArn")? != arn(Which::DeadLetters) {
        return Err(gone());
    }
    if input.get("DestinationArn").is_some_and(|to| to.as_str() != Some(&arn(Which::Events))) {
        return Err(gone());
    }
    queues.move_back();
    Ok(json!({"TaskHandle": "local"}))
}

fn moves(queues: &Queues) -> Value {
    let told = |(moved, started): (usize, i64)| {
        json!({"Status": "COMPLETED", "SourceArn": arn(Which::DeadLetters), "DestinationArn": arn(Which::Events),
            "ApproximateNumberOfMessagesMoved": moved, "StartedTimestamp": started})
    };
    json!({"Results": queues.moved().map(told).into_iter().collect::<Vec<_>>()})
}

/// The queue that `QueueUrl` names, whatever host it names.
fn queue(input: &Map<String, Value>) -> Result<Which, Refused> {
    named(text(input, "QueueUrl")?.rsplit('/').next().unwrap_or_default())
}

fn named(name: &str) -> Result<Which, Refused> {
    Which::named(name).ok_or_else(|| Refused::new("QueueDoesNotExist", "the specified queue does not exist"))
}

fn text<'a>(input: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refused> {
    let text = input.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| Refused::new("MissingParameter", format!("the request must contain {name}")))
}
