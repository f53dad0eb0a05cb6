//! The part of the order of creation that a filter's window and a cursor leave: of the crowd, and of the stored users.

use std::ops::{Bound, Range};

use super::filter::Filter;
use super::register::Register;
use crate::stand_in::crowd::Crowded;

pub(super) type Place = (i64, String);

/// The user behind whom a page begins.
pub(super) enum Cursor {
    Crowd(u64),
    Stored(Place),
}

impl Cursor {
    pub(super) fn leaves_place(&self, place: &Place, descending: bool) -> bool {
        match self {
            Self::Crowd(_) => !descending,
            Self::Stored(cursor) => {
                if descending {
                    place < cursor
                } else {
                    place > cursor
                }
            }
        }
    }

    pub(super) fn leaves_number(&self, number: u64, descending: bool) -> bool {
        match self {
            Self::Crowd(cursor) => {
                if descending {
                    number < *cursor
                } else {
                    number > *cursor
                }
            }
            Self::Stored(_) => descending,
        }
    }
}

/// The numbers of the crowd that are left.
pub(super) fn numbers(crowd: &Crowded, filter: &Filter, descending: bool, cursor: Option<&Cursor>) -> Range<u64> {
    let from = filter.created_at_after.map_or(i64::MIN, |after| after.saturating_add(1));
    let Range { start, end } = crowd.between(from, filter.created_at_before.unwrap_or(i64::MAX));
    match cursor {
        Some(Cursor::Crowd(cursor)) if descending => start.min(*cursor)..end.min(*cursor),
        Some(Cursor::Crowd(cursor)) => start.max(cursor + 1).min(end)..end,
        Some(Cursor::Stored(_)) if !descending => end..end,
        Some(Cursor::Stored(_)) | None => start..end,
    }
}

/// The places of stored users that are left.
pub(super) fn places<'a>(
    register: &'a Register,
    filter: &Filter,
    descending: bool,
    cursor: Option<&Cursor>,
) -> impl DoubleEndedIterator<Item = &'a Place> + use<'a> {
    let range = bounds(filter, descending, cursor);
    range.map(|range| register.by_created().range(range)).into_iter().flatten()
}

/// Nothing, if nobody is left.
fn bounds(filter: &Filter, descending: bool, cursor: Option<&Cursor>) -> Option<(Bound<Place>, Bound<Place>)> {
    let first = |ms: i64| (ms, String::new());
    let mut low = filter.created_at_after.map(|after| first(after.saturating_add(1)));
    let mut high = filter.created_at_before.map(first);
    let mut low_is_cursor = false;
    match cursor {
        Some(Cursor::Crowd(_)) if descending => return None,
        Some(Cursor::Stored(cursor)) if descending => {
            high = Some(high.map_or(cursor.clone(), |high| high.min(cursor.clone())));
        }
        Some(Cursor::Stored(cursor)) if low.as_ref().is_none_or(|low| low <= cursor) => {
            low = Some(cursor.clone());
            low_is_cursor = true;
        }
        _ => {}
    }
    if let (Some(low), Some(high)) = (&low, &high)
        && low >= high
    {
        return None;
    }
    let low = match low {
        None => Bound::Unbounded,
        Some(place) if low_is_cursor => Bound::Excluded(place),
        Some(place) => Bound::Included(place),
    };
    Some((low, high.map_or(Bound::Unbounded, Bound::Excluded)))
}
