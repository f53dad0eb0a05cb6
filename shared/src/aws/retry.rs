//! Which of DynamoDB's refusals a retry can win, beyond those that the SDK knows.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::CancellationReason;
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// A write that met a transaction, and a transaction that met a write, lost nothing: both may try again.
#[derive(Debug)]
pub(super) struct ConflictsAreTransient;

impl ClassifyRetry for ConflictsAreTransient {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = match context.output_or_error() {
            Some(Err(error)) => error.as_operation_error(),
            _ => None,
        };
        if error.is_some_and(met_a_transaction) {
            RetryAction::transient_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "DynamoDB's transaction conflicts"
    }
}

fn met_a_transaction(error: &Error) -> bool {
    if let Some(error) = error.downcast_ref::<UpdateItemError>() {
        return error.code() == Some("TransactionConflictException");
    }
    if let Some(error) = error.downcast_ref::<PutItemError>() {
        return error.code() == Some("TransactionConflictException");
    }
    if let Some(error) = error.downcast_ref::<DeleteItemError>() {
        return error.code() == Some("TransactionConflictException");
    }
    if let Some(TransactGetItemsError::TransactionCanceledException(cancelled)) = error.downcast_ref() {
        return only_in_the_way(cancelled.cancellation_reasons());
    }
    match error.downcast_ref::<TransactWriteItemsError>() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            only_in_the_way(cancelled.cancellation_reasons())
        }
        Some(error) => error.code() == Some("TransactionInProgressException"),
        None => false,
    }
}

/// Whoever lost a condition must look again first; the rest were only in the way of each other.
fn only_in_the_way(reasons: &[CancellationReason]) -> bool {
    let codes = reasons.iter().filter_map(CancellationReason::code);
    let mut met = codes.filter(|code| *code != "None").peekable();
    met.peek().is_some()
        && met.all(|code| matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
}
