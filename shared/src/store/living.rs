//! The living users, page by page, in no order that means anything.

use super::cursor::{BadCursor, Cursor};
use super::error::StoreError;
use super::item::{Item, text};
use super::statement::s;
use super::users::Users;
use crate::domain::UserId;

/// What tells this listing from any other of the same table.
const LISTING: &str = "living";
/// How often the table is read for one page, where tombstones or the size of rows keep it from being full.
const READS: u32 = 8;

/// One user of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id.
    pub id: UserId,
    /// The Stripe customer, if there is one.
    pub stripe_customer_id: Option<String>,
}

/// One page of the list. It may have fewer users than were asked for, or none, and yet not be the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roll {
    /// The users.
    pub users: Vec<Entry>,
    /// Where the next page begins; `None` behind the last one.
    pub cursor: Option<String>,
}

impl Users {
    /// Reads a cursor of [`Users::living`].
    pub fn living_cursor(&self, cursor: &str) -> Result<Cursor, BadCursor> {
        Cursor::open(cursor, &[&self.table, LISTING])
    }

    /// At most so many living users, from `cursor` on, strongly consistent.
    ///
    /// Whoever lives from the first page to the last is in exactly one of them, whatever is written in between.
    pub async fn living(&self, most: u16, cursor: Option<&Cursor>) -> Result<Roll, StoreError> {
        let mut users = Vec::new();
        let mut start = cursor.map(|cursor| Item::from([("user_id".to_owned(), s(cursor.id().as_str()))]));
        for _ in 0..READS {
            let left = i32::from(most).saturating_sub(i32::try_from(users.len()).unwrap_or(i32::MAX));
            if left <= 0 {
                break;
            }
            let (page, last) = self.living_page(left, start).await?;
            users.extend(page);
            start = last;
            if start.is_none() {
                return Ok(Roll { users, cursor: None });
            }
        }
        // Behind a row whose id is none of ours no cursor can stand, and to end there would leave people out.
        let behind = start.as_ref().and_then(id).map(Cursor::behind);
        let cursor = behind.and_then(|behind| behind.seal(&[&self.table, LISTING]));
        let unreadable = || StoreError::Corrupt { key: "?".to_owned(), attribute: "user_id" };
        Ok(Roll { users, cursor: Some(cursor.ok_or_else(unreadable)?) })
    }

    /// So many rows at most, the living ones of them, and the last one that was looked at if there may be more.
    async fn living_page(&self, rows: i32, start: Option<Item>) -> Result<(Vec<Entry>, Option<Item>), StoreError> {
        let request = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .limit(rows)
            .projection_expression("user_id, stripe_customer_id")
            .filter_expression("attribute_not_exists(identity_deleted_at)")
            .set_exclusive_start_key(start);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("Scan", &error))?;
        let entry = |item: &Item| {
            let stripe_customer_id = text(item, "stripe_customer_id").map(str::to_owned);
            Some(Entry { id: id(item)?, stripe_customer_id })
        };
        let entries = answer.items.unwrap_or_default().iter().filter_map(entry).collect();
        Ok((entries, answer.last_evaluated_key.filter(|key| !key.is_empty())))
    }
}

fn id(item: &Item) -> Option<UserId> {
    text(item, "user_id").and_then(UserId::parse)
}
