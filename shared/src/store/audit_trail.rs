//! `Audit`: what happened to each user, an item a write, in the order of the stream.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use super::error::StoreError;
use super::item::{Item, millis, text};
use super::statement::{ms, s};
use crate::config::Tables;
use crate::domain::{Change, Changed, Happening, Provider, SequenceNumber, UserId};

/// The table of what happened.
#[derive(Clone)]
pub struct AuditTrail {
    client: Client,
    table: String,
}

impl AuditTrail {
    /// The table behind `client`.
    pub fn new(client: Client, tables: &Tables) -> Self {
        Self { client, table: tables.audit.clone() }
    }

    /// Opens the connection ahead of the first record, by an item without its sort key, which DynamoDB refuses.
    pub async fn prime(&self) {
        // What it answers does not matter, and neither does a failure: the first record tells.
        let _ = self.client.put_item().table_name(&self.table).item("user_id", s("prime")).send().await;
    }

    /// Records what a write did. The same write once more is the same item once more.
    pub async fn record(&self, changed: &Changed) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item(changed)));
        request.send().await.map(|_| ()).map_err(|error| StoreError::unavailable("PutItem", &error))
    }

    /// The last `most` writes that did something to a user, the newest last.
    pub async fn of(&self, user: &UserId, most: usize) -> Result<Vec<Changed>, StoreError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("user_id = :user_id")
            .expression_attribute_values(":user_id", s(user.as_str()))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(most).unwrap_or(i32::MAX));
        let mut items = request.into_paginator().items().send();
        let mut newest = Vec::new();
        while newest.len() < most
            && let Some(item) = items.next().await
        {
            let item = item.map_err(|error| StoreError::unavailable("Query", &error))?;
            newest.push(read(user, &item)?);
        }
        newest.reverse();
        Ok(newest)
    }
}

fn item(changed: &Changed) -> Item {
    HashMap::from([
        ("user_id".to_owned(), s(changed.user_id.as_str())),
        ("sequence_number".to_owned(), s(changed.sequence_number.as_str())),
        ("at".to_owned(), ms(changed.at)),
        ("auth_provider".to_owned(), s(changed.provider.as_str())),
        ("changed_by".to_owned(), s(&changed.changed_by)),
        ("changes".to_owned(), AttributeValue::L(changed.changes.iter().map(change).collect())),
    ])
}

fn change(change: &Change) -> AttributeValue {
    let mut map = HashMap::from([("what".to_owned(), s(change.what.as_str()))]);
    if !change.fields.is_empty() {
        map.insert("fields".to_owned(), AttributeValue::L(change.fields.iter().map(s).collect()));
    }
    map.extend(change.about.as_ref().map(|about| ("about".to_owned(), s(about))));
    AttributeValue::M(map)
}

fn read(user: &UserId, item: &Item) -> Result<Changed, StoreError> {
    let corrupt = |attribute| StoreError::Corrupt { key: user.to_string(), attribute };
    let word = |name| text(item, name).ok_or_else(|| corrupt(name));
    let changes = item.get("changes").and_then(|changes| changes.as_l().ok());
    let changes = changes.and_then(|changes| changes.iter().map(change_read).collect());
    Ok(Changed {
        user_id: user.clone(),
        provider: Provider::named(word("auth_provider")?).map_err(|_| corrupt("auth_provider"))?,
        sequence_number: SequenceNumber::parse(word("sequence_number")?).ok_or_else(|| corrupt("sequence_number"))?,
        at: item.get("at").and_then(millis).ok_or_else(|| corrupt("at"))?,
        changed_by: word("changed_by")?.to_owned(),
        changes: changes.ok_or_else(|| corrupt("changes"))?,
    })
}

fn change_read(value: &AttributeValue) -> Option<Change> {
    let map = value.as_m().ok()?;
    let fields = match map.get("fields") {
        Some(fields) => fields.as_l().ok()?.iter().map(|field| field.as_s().ok().cloned()).collect::<Option<_>>()?,
        None => Vec::new(),
    };
    Some(Change { what: Happening::named(text(map, "what")?)?, fields, about: text(map, "about").map(str::to_owned) })
}
