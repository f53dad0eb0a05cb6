//! Reads `ConsumedCapacity`, which is an object for one table and a list for several.

use serde_json::Value;

use super::Spent;
use crate::exchange;

/// Whether the operation knows `ReturnConsumedCapacity`.
pub(super) fn is_reported(operation: &str) -> bool {
    reads(operation) || writes(operation)
}

fn reads(operation: &str) -> bool {
    matches!(operation, "BatchGetItem" | "GetItem" | "Query" | "Scan" | "TransactGetItems")
}

fn writes(operation: &str) -> bool {
    matches!(operation, "BatchWriteItem" | "DeleteItem" | "PutItem" | "TransactWriteItems" | "UpdateItem")
}

impl Spent {
    /// Counts one request, in total and for each table it names.
    pub(super) fn count(&mut self, operation: &str, asked: &Value) {
        *self.requests.entry(operation.to_owned()).or_default() += 1;
        for table in exchange::tables(asked) {
            let spent = self.tables.entry(table).or_default();
            *spent.requests.entry(operation.to_owned()).or_default() += 1;
        }
    }

    /// Adds what the answer says: units, or that a condition failed.
    pub(super) fn add(&mut self, operation: &str, answer: &Value) {
        let kind = answer.get("__type").and_then(Value::as_str).unwrap_or_default();
        if kind.ends_with("#ConditionalCheckFailedException") {
            self.lost_conditions += 1;
        }
        if kind.ends_with("#TransactionCanceledException") {
            self.cancelled += 1;
        }
        match answer.get("ConsumedCapacity") {
            Some(Value::Array(tables)) => {
                for table in tables {
                    self.add_table(operation, table);
                }
            }
            Some(table) => self.add_table(operation, table),
            None => {}
        }
    }

    fn add_table(&mut self, operation: &str, capacity: &Value) {
        let (read, write) = units(operation, capacity);
        self.read_units += read;
        self.write_units += write;
        for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
            let indexes = capacity.get(indexes).and_then(Value::as_object);
            for index in indexes.into_iter().flat_map(serde_json::Map::values) {
                self.index_write_units += units(operation, index).1;
            }
        }
        if let Some(table) = capacity.get("TableName").and_then(Value::as_str) {
            let spent = self.tables.entry(table.to_owned()).or_default();
            spent.read_units += read;
            spent.write_units += write;
        }
    }
}

/// Read and write units. Transactions say which is which; elsewhere the operation does.
fn units(operation: &str, capacity: &Value) -> (f64, f64) {
    let figure = |name: &str| capacity.get(name).and_then(Value::as_f64);
    let read = figure("ReadCapacityUnits");
    let write = figure("WriteCapacityUnits");
    if read.is_some() || write.is_some() {
        return (read.unwrap_or_default(), write.unwrap_or_default());
    }
    let all = figure("CapacityUnits").unwrap_or_default();
    if reads(operation) { (all, 0.0) } else { (0.0, all) }
}
