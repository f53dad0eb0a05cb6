//! A batch as Lambda takes it from SQS, and the answer that names what failed.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::wire::json::BadBody;

/// One message.
#[derive(Deserialize)]
pub(crate) struct Message {
    /// What it is called in the answer.
    #[serde(rename = "messageId")]
    pub(crate) id: String,
    /// What was put on the queue.
    pub(crate) body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    records: Vec<Message>,
}

/// The messages of an invocation.
pub(crate) fn read(event: Value) -> Result<Vec<Message>, BadBody> {
    // serde's own error may quote what it met.
    let batch = Batch::deserialize(event).map_err(|_| BadBody::invalid("Records", "messages of SQS"))?;
    Ok(batch.records)
}

/// The answer: these come again, all others are done with.
pub(crate) fn failures(ids: impl Iterator<Item = String>) -> Value {
    let failures: Vec<Value> = ids.map(|id| json!({"itemIdentifier": id})).collect();
    json!({"batchItemFailures": failures})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_read_whole_or_refused() {
        let batch = json!({"Records": [{"messageId": "1", "body": "{}", "attributes": {}, "awsRegion": "x"}]});
        assert!(read(batch).is_ok_and(|batch| batch.len() == 1));
        for wrong in [json!(null), json!({}), json!({"Records": [{"body": "canary"}]}), json!({"Records": "canary"})] {
            assert!(read(wrong).is_err_and(|bad| bad.detail == "Records must be messages of SQS"));
        }
    }

    #[test]
    fn an_answer_names_what_failed() {
        let none = failures(std::iter::empty());
        assert_eq!(none, json!({"batchItemFailures": []}));
        let one = failures(["1".to_owned()].into_iter());
        assert_eq!(one, json!({"batchItemFailures": [{"itemIdentifier": "1"}]}));
    }
}
