//! The answers of a `DynamoDB` that refuses, in AWS JSON 1.0.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::Fault;
use crate::exchange;

const DYNAMODB: &str = "com.amazonaws.dynamodb.v20120810";

/// What the engine would answer; `fault` is one that has an answer.
pub(super) fn reply(fault: Fault, operation: &str, request: &HttpRequest) -> HttpResponse {
    match fault {
        Fault::Conflict | Fault::Halfway if operation.starts_with("Transact") => {
            let items = exchange::json(request.body());
            let items = items.get("TransactItems").and_then(Value::as_array).map_or(1, Vec::len);
            let mut reasons = vec![json!({"Code": "None"}); items];
            if fault == Fault::Halfway && operation == "TransactWriteItems" {
                reasons[items - 1] =
                    json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"});
                reasons[0] = in_the_way();
            } else {
                reasons[items - 1] = in_the_way();
            }
            answer(400, &cancelled(&reasons))
        }
        Fault::Conflict | Fault::Halfway => answer(400, &refusal("TransactionConflictException")),
        Fault::RateExceeded => {
            let kind = "com.amazon.coral.availability#ThrottlingException";
            answer(400, &json!({"__type": kind, "message": "Rate exceeded"}))
        }
        Fault::Throttled => answer(400, &refusal("ProvisionedThroughputExceededException")),
        Fault::InternalError | Fault::LostReply | Fault::NeverSent => answer(500, &refusal("InternalServerError")),
    }
}

fn refusal(kind: &str) -> Value {
    json!({"__type": format!("{DYNAMODB}#{kind}"), "message": "Injected by a test."})
}

fn in_the_way() -> Value {
    json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"})
}

/// A cancelled transaction: reasons stand in the order of its items.
fn cancelled(reasons: &[Value]) -> Value {
    let codes: Vec<&str> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    json!({
        "__type": format!("{DYNAMODB}#TransactionCanceledException"),
        "Message": format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        ),
        "CancellationReasons": reasons,
    })
}

fn answer(status: u16, body: &Value) -> HttpResponse {
    let status = status.try_into().expect("a status of three digits");
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    let headers = response.headers_mut();
    headers.insert("content-type", "application/x-amz-json-1.0");
    headers.insert("x-amzn-requestid", "INJECTEDBYATEST");
    response
}
