//! The whole of `Users`, read in parallel segments.

use futures_util::Stream;
use futures_util::stream::try_unfold;

use super::error::StoreError;
use super::item::{self, Item};
use super::statement::s;
use super::users::Users;
use crate::domain::{Provider, User};

/// One of several equal parts of the table.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Its number, from 0.
    pub number: i32,
    /// How many there are.
    pub of: i32,
}

/// Where a segment's scan goes on.
enum Next {
    From(Option<Item>),
    End,
}

impl Users {
    /// How many rows the table has, of all realms: a guess that may be hours old. `None` when nobody tells.
    pub async fn expected_rows(&self) -> Option<u64> {
        let described = self.client.describe_table().table_name(&self.table).send().await.ok()?;
        u64::try_from(described.table?.item_count?).ok()
    }

    /// Every row of a realm in a segment, page by page, eventually consistent; a page has up to 1 MB and may be empty.
    pub fn scan(
        &self,
        provider: &Provider,
        segment: Segment,
    ) -> impl Stream<Item = Result<Vec<User>, StoreError>> + use<> {
        self.pages(Some(provider.as_str().to_owned()), segment)
    }

    /// The same of all realms.
    pub fn scan_all(&self, segment: Segment) -> impl Stream<Item = Result<Vec<User>, StoreError>> + use<> {
        self.pages(None, segment)
    }

    fn pages(
        &self,
        realm: Option<String>,
        segment: Segment,
    ) -> impl Stream<Item = Result<Vec<User>, StoreError>> + use<> {
        let users = self.clone();
        try_unfold(Next::From(None), move |next| {
            let (users, realm) = (users.clone(), realm.clone());
            async move {
                let Next::From(start) = next else { return Ok(None) };
                let (page, last) = users.scan_page(realm.as_deref(), segment, start).await?;
                Ok(Some((page, last.map_or(Next::End, |last| Next::From(Some(last))))))
            }
        })
    }

    async fn scan_page(
        &self,
        realm: Option<&str>,
        segment: Segment,
        start: Option<Item>,
    ) -> Result<(Vec<User>, Option<Item>), StoreError> {
        let mut request = self
            .client
            .scan()
            .table_name(&self.table)
            .segment(segment.number)
            .total_segments(segment.of)
            // No projection: all but a few bytes of a row are compared, and the engine would work for leaving those out.
            .set_exclusive_start_key(start);
        if let Some(realm) = realm {
            request =
                request.filter_expression("auth_provider = :realm").expression_attribute_values(":realm", s(realm));
        }
        let answer = request.send().await.map_err(|error| StoreError::unavailable("Scan", &error))?;
        let rows = answer.items.unwrap_or_default();
        let users = rows.iter().filter_map(readable).collect();
        Ok((users, answer.last_evaluated_key.filter(|key| !key.is_empty())))
    }
}

/// A row that these rules did not write must not hide all others: whoever meets it by its id gets the error.
pub(super) fn readable(row: &Item) -> Option<User> {
    item::user(row).unwrap_or_else(|error| {
        tracing::warn!(%error, "a row was passed over");
        None
    })
}
