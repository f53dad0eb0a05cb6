//! Listings of several parts as one stream.

use std::pin::Pin;

use futures_util::stream::{SelectAll, Stream, TryStreamExt, select_all, try_unfold};

use super::error::ProviderError;
use super::read_ahead::{Place, read_ahead};
use super::users::Page;

type Part = Pin<Box<dyn Stream<Item = Result<Page, ProviderError>> + Send>>;

/// The pages of all parts as they come, each part one page ahead of the reader. `parts` is awaited at the first poll.
///
/// The first error ends all of them.
pub(super) fn side_by_side<P: Place<Page = Page>>(
    parts: impl Future<Output = Result<Vec<P>, ProviderError>> + Send,
) -> impl Stream<Item = Result<Page, ProviderError>> + Send {
    enum Now<F> {
        Planning(F),
        Reading(SelectAll<Part>),
    }
    try_unfold(Now::Planning(parts), async |now| {
        let mut reading = match now {
            Now::Planning(parts) => {
                let parts = parts.await?.into_iter();
                select_all(parts.map(|part| -> Part { Box::pin(read_ahead(part)) }))
            }
            Now::Reading(reading) => reading,
        };
        Ok(reading.try_next().await?.map(|page| (page, Now::Reading(reading))))
    })
}
