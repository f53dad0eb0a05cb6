//! What a store can say beyond outcomes: try again, or a row that cannot be read.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::aws::kind_of_failure;

/// The SDK's errors carry items, so they end here: what goes on has names and kinds only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database is out, throttles, or stayed in conflict: nothing is known to be written, and a retry ends right.
    #[error("{operation} is unavailable: {kind}")]
    Unavailable {
        /// What was asked.
        operation: &'static str,
        /// The kind of failure: the service's own code, or how the request failed.
        kind: String,
    },
    /// A row that these rules did not write.
    #[error("the row {key} has no readable {attribute}")]
    Corrupt {
        /// The row.
        key: String,
        /// The attribute.
        attribute: &'static str,
    },
}

impl StoreError {
    /// From what the SDK says of `operation`.
    pub(super) fn unavailable<E: ProvideErrorMetadata, R>(operation: &'static str, error: &SdkError<E, R>) -> Self {
        Self::Unavailable { operation, kind: kind_of_failure(error) }
    }

    /// A row that kept moving under an operation.
    pub(super) fn contended(operation: &'static str) -> Self {
        Self::Unavailable { operation, kind: "contended".to_owned() }
    }
}
