//! A span of time in which users were made, as Clerk's filters tell it.

use std::time::Duration;

use reqwest::Url;

use crate::clock::Timestamp;

/// Users made from one moment on, and before another. The default is all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// The first moment of it.
    pub(super) from: Option<Timestamp>,
    /// The first moment after it.
    pub(super) until: Option<Timestamp>,
}

impl Window {
    /// The windows between these moments, which are in order: each moment begins one, and all time is in one of them.
    pub(super) fn cut_at(moments: &[Timestamp]) -> Vec<Self> {
        let inner = moments.iter().copied().map(Some);
        let (starts, ends) = (std::iter::once(None).chain(inner.clone()), inner.chain(std::iter::once(None)));
        starts.zip(ends).map(|(from, until)| Self { from, until }).collect()
    }

    /// The filters of it. Both exclude their own millisecond.
    pub(super) fn filter(self, url: &mut Url) {
        let mut filter = |name, moment: Option<Timestamp>| {
            if let Some(moment) = moment {
                url.query_pairs_mut().append_pair(name, &moment.millis().to_string());
            }
        };
        filter("created_at_after", self.from.map(|from| from.minus(Duration::from_millis(1))));
        filter("created_at_before", self.until);
    }
}
