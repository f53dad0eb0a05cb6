//! Several items in one transaction: the parts of it, and how it ended.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use rand::random_range;
use tokio::time::sleep;

use super::error::StoreError;
use super::item::Item;
use super::statement::{Expressions, s};

const OPERATION: &str = "TransactWriteItems";
/// The code of an item whose condition did not hold.
const LOST: &str = "ConditionalCheckFailed";

/// An update of the item whose key is `value`.
pub(super) fn update(
    table: &str,
    key: &str,
    value: &str,
    expressions: Expressions,
) -> Result<TransactWriteItem, StoreError> {
    let update = Update::builder()
        .table_name(table)
        .key(key, s(value))
        .update_expression(expressions.update)
        .condition_expression(expressions.condition)
        .set_expression_attribute_names(expressions.names)
        .set_expression_attribute_values(Some(expressions.values))
        .build();
    Ok(TransactWriteItem::builder().update(update.map_err(not_built)?).build())
}

/// An item in place of whatever was there, on a condition with these values.
pub(super) fn put(table: &str, item: Item, condition: &str, values: Item) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression(condition)
        .set_expression_attribute_values(Some(values))
        .build();
    Ok(TransactWriteItem::builder().put(put.map_err(not_built)?).build())
}

/// The end of the item whose key is `value`, on a condition with these values.
pub(super) fn delete(
    table: &str,
    (key, value): (&str, &str),
    condition: &str,
    values: Item,
) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder()
        .table_name(table)
        .key(key, s(value))
        .condition_expression(condition)
        .set_expression_attribute_values(Some(values))
        .build();
    Ok(TransactWriteItem::builder().delete(delete.map_err(not_built)?).build())
}

/// The item whose key is `value` stays as it is, and the condition must hold of it.
pub(super) fn check(
    table: &str,
    key: &str,
    value: &str,
    expressions: Expressions,
) -> Result<TransactWriteItem, StoreError> {
    let check = ConditionCheck::builder()
        .table_name(table)
        .key(key, s(value))
        .condition_expression(expressions.condition)
        // A condition that something is absent names no value, and none at all is not the same as an empty list.
        .set_expression_attribute_values(Some(expressions.values).filter(|values| !values.is_empty()))
        .build();
    Ok(TransactWriteItem::builder().condition_check(check.map_err(not_built)?).build())
}

fn not_built(_: BuildError) -> StoreError {
    StoreError::Unavailable { operation: OPERATION, kind: "request not built".to_owned() }
}

/// `None` when it was committed, else for each item, in their order, whether its condition was lost.
///
/// The first item is a row. It counts as lost too where a condition was lost while another transaction held one of the
/// items: that one commits item by item, so that only a look at the row tells what the loss means.
pub(super) async fn commit(client: &Client, items: Vec<TransactWriteItem>) -> Result<Option<Vec<bool>>, StoreError> {
    let Err(error) = client.transact_write_items().set_transact_items(Some(items)).send().await else {
        return Ok(None);
    };
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
        let codes = cancelled.cancellation_reasons().iter().map(CancellationReason::code);
        let mut lost: Vec<bool> = codes.clone().map(|code| code == Some(LOST)).collect();
        if lost.contains(&true) {
            let halfway = codes.flatten().any(|code| code != LOST && code != "None");
            if let Some(row) = lost.first_mut().filter(|_| halfway) {
                *row = true;
                sleep(Duration::from_millis(random_range(5..50))).await;
            }
            return Ok(Some(lost));
        }
    }
    Err(StoreError::unavailable(OPERATION, &error))
}
