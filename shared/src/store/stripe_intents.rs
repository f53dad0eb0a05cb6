//! Intents to make a Stripe customer: one item a user in `Claims`, written before Stripe is asked and ended by the link.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use super::claims::Claims;
use super::error::StoreError;
use super::item::{Item, millis, text};
use super::statement::{ms, s};
use super::transaction;
use crate::clock::Timestamp;
use crate::domain::{Intent, UserId};

/// How long an intent is remembered that nobody ended: without it, a customer who was made and never linked would be
/// made a second time.
const REMEMBERED: Duration = Duration::from_secs(400 * 86_400);

impl Claims {
    /// Begins an intent where none stands, or else in place of `seen` and of no other; gives the one that stands
    /// afterwards, `None` where `seen` was ended meanwhile.
    ///
    /// The very same intent once more, after a lost reply, finds itself.
    pub async fn begin_intent(
        &self,
        user: &UserId,
        wanted: &Intent,
        seen: Option<&Intent>,
        now: Timestamp,
    ) -> Result<Option<Intent>, StoreError> {
        let (condition, value) = if let Some(seen) = seen {
            ("idempotency_key = :value", s(&seen.key))
        } else {
            // TTL removes an item late, so that its time counts and not its absence.
            let now = AttributeValue::N(now.seconds().to_string());
            ("attribute_not_exists(claim) OR expires_at <= :value", now)
        };
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(user, wanted, now)))
            .condition_expression(condition)
            .expression_attribute_values(":value", value)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(Some(wanted.clone())),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(lost)) => {
                    let standing = lost.item.as_ref().filter(|item| !item.is_empty());
                    standing.map(|item| intent(item).ok_or_else(|| corrupt(user))).transpose()
                }
                _ => Err(StoreError::unavailable("PutItem", &error)),
            },
        }
    }

    /// Ends an intent that nothing will come of, if it is still this one.
    pub async fn drop_intent(&self, user: &UserId, intent: &Intent) -> Result<(), StoreError> {
        let request = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("claim", s(name(user)))
            .condition_expression("idempotency_key = :key")
            .expression_attribute_values(":key", s(&intent.key));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::unavailable("DeleteItem", &error)),
            },
        }
    }

    /// The end of an intent, as a part of a transaction: only if it is still this one.
    pub(super) fn end_of_intent(&self, user: &UserId, intent: &Intent) -> Result<TransactWriteItem, StoreError> {
        let values = HashMap::from([(":key".to_owned(), s(&intent.key))]);
        transaction::delete(&self.table, ("claim", &name(user)), "idempotency_key = :key", values)
    }
}

/// The item of a user's intent. No claim is named so, for each of those begins with its kind.
fn name(user: &UserId) -> String {
    format!("stripe_intent#{user}")
}

fn corrupt(user: &UserId) -> StoreError {
    StoreError::Corrupt { key: name(user), attribute: "idempotency_key" }
}

fn item(user: &UserId, intent: &Intent, now: Timestamp) -> Item {
    let expires_at = now.plus(REMEMBERED).seconds();
    let attributes = [
        ("claim", s(name(user))),
        ("user_id", s(user.as_str())),
        ("life", ms(intent.life)),
        ("attempt", AttributeValue::N(intent.attempt.to_string())),
        ("began_at", ms(intent.began_at)),
        ("idempotency_key", s(&intent.key)),
        ("expires_at", AttributeValue::N(expires_at.to_string())),
    ];
    attributes.into_iter().map(|(attribute, value)| (attribute.to_owned(), value)).collect()
}

fn intent(item: &Item) -> Option<Intent> {
    let time = |attribute: &str| item.get(attribute).and_then(millis);
    Some(Intent {
        life: time("life")?,
        attempt: item.get("attempt")?.as_n().ok()?.parse().ok()?,
        began_at: time("began_at")?,
        key: text(item, "idempotency_key")?.to_owned(),
    })
}
