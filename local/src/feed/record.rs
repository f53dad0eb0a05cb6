//! A record of the stream, as Lambda hands it to a function.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::primitives::DateTime;
use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record, StreamRecord, StreamViewType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

type Image = HashMap<String, AttributeValue>;

/// A batch, `{"Records": […]}`.
pub(super) fn batch(records: &[Record]) -> Value {
    json!({"Records": records.iter().map(told).collect::<Vec<_>>()})
}

/// The place of a record in its shard.
pub(super) fn sequence_number(record: &Record) -> &str {
    record.dynamodb().and_then(StreamRecord::sequence_number).unwrap_or_default()
}

fn told(record: &Record) -> Value {
    // Of the TTL's removals alone. The embedded engine spells the two names in another case than AWS, and so they are
    // not read.
    let by = record.user_identity().map(|who| {
        json!({
            "type": who.r#type().unwrap_or("Service"),
            "principalId": who.principal_id().unwrap_or("dynamodb.amazonaws.com"),
        })
    });
    known(json!({
        "eventID": record.event_id(),
        "eventName": record.event_name().map(OperationType::as_str),
        "eventVersion": record.event_version().unwrap_or("1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": record.aws_region(),
        "userIdentity": by,
        "dynamodb": record.dynamodb().map(change),
    }))
}

fn change(change: &StreamRecord) -> Value {
    known(json!({
        "ApproximateCreationDateTime": change.approximate_creation_date_time().map(DateTime::secs),
        "Keys": change.keys().map(image),
        "NewImage": change.new_image().map(image),
        "OldImage": change.old_image().map(image),
        "SequenceNumber": change.sequence_number(),
        "SizeBytes": change.size_bytes(),
        "StreamViewType": change.stream_view_type().map(StreamViewType::as_str),
    }))
}

/// An object without what is not known: Lambda leaves that out.
fn known(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

fn image(image: &Image) -> Value {
    Value::Object(image.iter().map(|(name, value)| (name.clone(), attribute(value))).collect())
}

fn attribute(value: &AttributeValue) -> Value {
    let binary = |bytes: &[u8]| STANDARD.encode(bytes);
    match value {
        AttributeValue::B(blob) => json!({"B": binary(blob.as_ref())}),
        AttributeValue::Bool(truth) => json!({"BOOL": truth}),
        AttributeValue::Bs(blobs) => {
            json!({"BS": blobs.iter().map(|blob| binary(blob.as_ref())).collect::<Vec<_>>()})
        }
        AttributeValue::L(list) => json!({"L": list.iter().map(attribute).collect::<Vec<_>>()}),
        AttributeValue::M(map) => json!({"M": image(map)}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Ns(numbers) => json!({"NS": numbers}),
        AttributeValue::Null(truth) => json!({"NULL": truth}),
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        // No engine here sends another kind.
        _ => Value::Object(Map::new()),
    }
}
