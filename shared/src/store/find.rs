//! The living users of an e-mail address: by the index, which may be behind, and then by their rows, which are not.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};

use super::cursor::{BadCursor, Cursor};
use super::error::StoreError;
use super::item::{Item, text};
use super::scan::readable;
use super::statement::s;
use super::users::Users;
use crate::domain::{Fact, User, UserId, email_key};

const INDEX: &str = "by_email";
/// No address that is stored is as long, in bytes, and the engine refuses a key past twice as many.
const LONGEST: usize = 1024;
/// How many rows a page has at the most: as many as one batch reads.
const PAGE: i32 = 100;
/// How often what a batch left out is asked for again.
const BATCHES: u32 = 6;

/// One page of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The users, in the order of the index.
    pub users: Vec<User>,
    /// Where the next page begins, if there is one.
    pub cursor: Option<String>,
}

impl Users {
    /// Reads a cursor of [`Users::by_email`].
    pub fn email_cursor(&self, email: &str, cursor: &str) -> Result<Cursor, BadCursor> {
        Cursor::open(cursor, &[&self.table, INDEX, &email_key(email)])
    }

    /// The living users whose address this is, however it is spelled; from `cursor` on.
    ///
    /// An address that was set a moment ago may not be in the index yet. Nobody is named who has another by now.
    pub async fn by_email(&self, email: &str, cursor: Option<&Cursor>) -> Result<Found, StoreError> {
        let key = email_key(email);
        if key.is_empty() || key.len() > LONGEST {
            return Ok(Found { users: Vec::new(), cursor: None });
        }
        let (ids, last) = self.ids_by_email(&key, cursor).await?;
        let mut rows = self.rows(&ids).await?;
        let of_address = |user: &User| user.facts.text(Fact::Email).is_some_and(|email| email_key(email) == key);
        let users = ids.iter().filter_map(|id| rows.remove(id));
        let users = users.filter(|user| user.is_living() && of_address(user)).collect();
        let cursor = last.and_then(|last| Cursor::behind(last).seal(&[&self.table, INDEX, &key]));
        Ok(Found { users, cursor })
    }

    /// A page of the index, and the last row of it if there may be more.
    async fn ids_by_email(
        &self,
        key: &str,
        cursor: Option<&Cursor>,
    ) -> Result<(Vec<UserId>, Option<UserId>), StoreError> {
        let start = cursor.map(|cursor| key_of(cursor.id(), [("email_key", s(key))]));
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(INDEX)
            .limit(PAGE)
            .key_condition_expression("email_key = :email_key")
            .expression_attribute_values(":email_key", s(key))
            .set_exclusive_start_key(start);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("Query", &error))?;
        let id = |item: &Item| text(item, "user_id").and_then(UserId::parse);
        let ids = answer.items.unwrap_or_default().iter().filter_map(id).collect();
        Ok((ids, answer.last_evaluated_key.as_ref().and_then(id)))
    }

    /// The rows of these ids, strongly consistent, without those that are gone.
    async fn rows(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, StoreError> {
        let mut rows = HashMap::with_capacity(ids.len());
        let mut wanted: Vec<Item> = ids.iter().map(|id| key_of(id, [])).collect();
        for round in 0..BATCHES {
            if wanted.is_empty() {
                return Ok(rows);
            }
            if round > 0 {
                tokio::time::sleep(Duration::from_millis(25 << round)).await;
            }
            let (items, left) = self.batch(wanted).await?;
            rows.extend(items.iter().filter_map(readable).map(|user| (user.identity.user_id(), user)));
            wanted = left;
        }
        if wanted.is_empty() { Ok(rows) } else { Err(StoreError::contended("BatchGetItem")) }
    }

    /// One batch: the rows, and the keys that it left out.
    async fn batch(&self, keys: Vec<Item>) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let asked = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let asked = asked
            .map_err(|_| StoreError::Unavailable { operation: "BatchGetItem", kind: "request not built".to_owned() })?;
        let request = self.client.batch_get_item().request_items(&self.table, asked);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("BatchGetItem", &error))?;
        let items = answer.responses.into_iter().flatten().flat_map(|(_, items)| items).collect();
        let left = answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, left)| left.keys).collect();
        Ok((items, left))
    }
}

fn key_of<const N: usize>(id: &UserId, more: [(&str, AttributeValue); N]) -> Item {
    let more = more.into_iter().map(|(name, value)| (name.to_owned(), value));
    more.chain([("user_id".to_owned(), s(id.as_str()))]).collect()
}
