//! Fills a table with the rows that a crowd would have, faster than any sender could.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures_util::stream::{self, StreamExt};
use local::stand_in::crowd::Crowd;
use shared::clock::Clock;
use shared::domain::{Fact, Identity, Profile, email_key};
use tests::spine::{Item, Spine};

use crate::tenant::Tenant;

/// As many as one request takes.
const BATCH: u64 = 25;

/// Every user's row; how many bytes they have in all, as DynamoDB counts them.
pub(crate) async fn table(spine: &Spine, tenant: &Tenant, crowd: &Crowd) -> u64 {
    let client = spine.client();
    let (now, table) = (Clock::system().now(), spine.tables.users.clone());
    let batches = (0..crowd.count).step_by(25).map(|first| {
        let numbers = first..crowd.count.min(first + BATCH);
        let items: Vec<Item> = numbers
            .map(|number| {
                let (identity, profile) = tenant.profile(crowd, number, now);
                item(&identity, &profile)
            })
            .collect();
        let (client, table) = (client.clone(), table.clone());
        async move {
            let bytes: u64 = items.iter().map(size).sum();
            let put = |item| {
                WriteRequest::builder()
                    .put_request(PutRequest::builder().set_item(Some(item)).build().expect("an item"))
                    .build()
            };
            let requests = items.into_iter().map(put).collect();
            client.batch_write_item().request_items(table, requests).send().await.expect("the engine takes a batch");
            bytes
        }
    });
    stream::iter(batches).buffer_unordered(8).fold(0, |sum, bytes| async move { sum + bytes }).await
}

/// A row as a webhook would have left it.
fn item(identity: &Identity, profile: &Profile) -> Item {
    let s = |text: &str| AttributeValue::S(text.to_owned());
    let n = |ms: i64| AttributeValue::N(ms.to_string());
    let created = profile.created_at().millis();
    let mut item = HashMap::from([
        ("user_id".to_owned(), s(identity.user_id().as_str())),
        ("auth_provider".to_owned(), s(identity.provider().as_str())),
        ("auth_subject".to_owned(), s(identity.subject())),
        ("profile_version".to_owned(), s(&profile.version().to_string())),
        ("provider_created_at".to_owned(), n(created)),
        ("created_at".to_owned(), n(created)),
        ("changed_by".to_owned(), s("reconcile")),
    ]);
    item.extend(profile.facts().iter().map(|(fact, text)| (fact.attribute().to_owned(), s(text))));
    if let Some(email) = profile.facts().text(Fact::Email) {
        item.insert("email_key".to_owned(), s(&email_key(email)));
    }
    item
}

/// Names and values, a number by its pairs of digits.
fn size(item: &Item) -> u64 {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len().div_ceil(2) + 1,
        _ => 0,
    };
    item.iter().map(|(name, held)| (name.len() + value(held)) as u64).sum()
}
