//! One run a source at a time: an item of `SyncRuns` that says who holds it, and until when.

use std::time::Duration;

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;

use super::error::StoreError;
use super::item::{Item, text};
use super::statement::{Statement, ms, s};
use super::sync_runs::SyncRuns;
use crate::clock::Timestamp;

/// The sort key of the lease: behind all names of runs, which begin with digits.
pub(super) const LEASE: &str = "lease";
/// How long a lease holds that nobody renews.
const HOLDS: Duration = Duration::from_secs(60);

/// A lease that is held. The same owner may take it again at any time, and then the run before has lost it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The provider.
    pub source: String,
    /// Who runs.
    pub owner: String,
    /// Which run of theirs.
    pub run_id: String,
}

/// A lease as somebody who does not want it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who runs.
    pub owner: String,
    /// Which run of theirs.
    pub run_id: String,
    /// When it ends, unless it is renewed.
    pub until: Timestamp,
}

impl SyncRuns {
    /// Who holds the lease of a source, strongly consistent; nobody where it has run out.
    pub async fn held(&self, source: &str, now: Timestamp) -> Result<Option<Held>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("source", s(source))
            .key("run_id", s(LEASE))
            .consistent_read(true);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("GetItem", &error))?;
        let held = answer.item.as_ref().and_then(|item| {
            let until = item.get("held_until")?.as_n().ok()?.parse().ok().and_then(Timestamp::from_millis)?;
            let word = |name| text(item, name).map(str::to_owned);
            Some(Held { owner: word("held_by")?, run_id: word("held_for")?, until })
        });
        Ok(held.filter(|held| held.until >= now))
    }

    /// Takes the lease, if it is free, has expired, or is this owner's already; else says who holds it.
    pub async fn take(&self, lease: &Lease, now: Timestamp) -> Result<Result<(), String>, StoreError> {
        let statement = held(now)
            .set("held_by", s(&lease.owner))
            .set("held_for", s(&lease.run_id))
            .value("now", ms(now))
            .given("attribute_not_exists(held_by) OR held_by = :held_by OR held_until < :now");
        self.write(lease, statement).await
    }

    /// Holds it longer; else says who has it by now.
    pub async fn renew(&self, lease: &Lease, now: Timestamp) -> Result<Result<(), String>, StoreError> {
        let statement = held(now)
            .value("owner", s(&lease.owner))
            .value("run_id", s(&lease.run_id))
            .given("held_by = :owner AND held_for = :run_id");
        self.write(lease, statement).await
    }

    /// Gives it back, unless somebody else has it by now.
    pub async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let request = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("source", s(&lease.source))
            .key("run_id", s(LEASE))
            .condition_expression("held_by = :owner AND held_for = :run_id")
            .expression_attribute_values(":owner", s(&lease.owner))
            .expression_attribute_values(":run_id", s(&lease.run_id));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::unavailable("DeleteItem", &error)),
            },
        }
    }

    async fn write(&self, lease: &Lease, statement: Statement) -> Result<Result<(), String>, StoreError> {
        let expressions = statement.expressions();
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("source", s(&lease.source))
            .key("run_id", s(LEASE))
            .update_expression(expressions.update)
            .condition_expression(expressions.condition)
            .set_expression_attribute_values(Some(expressions.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(Ok(())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(lost)) => Ok(Err(holder(lost.item.as_ref()))),
                _ => Err(StoreError::unavailable("UpdateItem", &error)),
            },
        }
    }
}

fn held(now: Timestamp) -> Statement {
    let until = now.plus(HOLDS);
    // TTL removes what a run that died left behind; the condition does not wait for it.
    Statement::default().set("held_until", ms(until)).set(
        "expires_at",
        aws_sdk_dynamodb::types::AttributeValue::N(until.plus(Duration::from_secs(3600)).seconds().to_string()),
    )
}

/// Who holds a lease that was met; nobody when it went in between.
fn holder(item: Option<&Item>) -> String {
    item.and_then(|item| text(item, "held_by")).unwrap_or("nobody").to_owned()
}
