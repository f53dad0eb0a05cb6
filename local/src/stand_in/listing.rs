//! Faults that a provider can show when it is asked for all of its users.

use serde::{Deserialize, Serialize};

/// What goes wrong in listings, as `PUT /_control/listing` takes it. `{}` turns every fault off.
///
/// Pages are counted over all list requests since the faults were set, from 1, whatever their
/// filters: so a fault meets a client that lists by windows too. Reads of one user are never touched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ListingFaults {
    /// From this page on, an error instead of users.
    pub fail_on_page: Option<u64>,
    /// How many pages fail before the provider recovers. For ever, when absent.
    pub fail_times: Option<u64>,
    /// The status of a failing page: 500 when absent, or 200 with `html`.
    pub status: Option<u16>,
    /// From this page on, status 200 and no users.
    pub empty_from: Option<u64>,
    /// The listing knows only this many users, the eldest ones; the rest is silently missing.
    pub truncate_to: Option<usize>,
    /// This page brings the users of the one before it once more.
    pub repeat_page: Option<u64>,
    /// This page silently misses its users: status 200 and none. Those behind it are whole.
    pub drop_page: Option<u64>,
    /// This page is JSON cut in the middle.
    pub malformed_page: Option<u64>,
    /// The first user of this page has no identifier.
    pub odd_user: Option<u64>,
    /// Every user of every page comes twice.
    pub twice: bool,
    /// A failing page is a proxy's HTML page instead of JSON. Without `failOnPage`, from the first on.
    pub html: bool,
    /// What counts and totals say instead of the truth.
    pub count: Option<u64>,
}

/// What becomes of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    AsItIs,
    Fails { status: u16, html: bool },
    Empty,
    Repeated,
    Malformed,
    Odd,
}

#[derive(Debug, Default)]
pub(crate) struct Listing {
    faults: ListingFaults,
    pages: u64,
    failed: u64,
}

impl Listing {
    pub(crate) fn set(&mut self, faults: ListingFaults) {
        *self = Self { faults, pages: 0, failed: 0 };
    }

    pub(crate) fn faults(&self) -> &ListingFaults {
        &self.faults
    }

    /// Counts a page that is asked for, and judges it.
    pub(crate) fn next(&mut self) -> Page {
        self.pages += 1;
        let faults = &self.faults;
        let fails_from = faults.fail_on_page.or(faults.html.then_some(1));
        let left = faults.fail_times.is_none_or(|times| self.failed < times);
        if left && fails_from.is_some_and(|from| self.pages >= from) {
            self.failed += 1;
            let status = faults.status.unwrap_or(if faults.html { 200 } else { 500 });
            return Page::Fails { status, html: faults.html };
        }
        if faults.empty_from.is_some_and(|from| self.pages >= from) {
            return Page::Empty;
        }
        let at = [
            (faults.drop_page, Page::Empty),
            (faults.malformed_page, Page::Malformed),
            (faults.odd_user, Page::Odd),
            (faults.repeat_page, Page::Repeated),
        ];
        let fault = at.into_iter().find(|(at, _)| *at == Some(self.pages));
        fault.map_or(Page::AsItIs, |(_, fault)| fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(faults: ListingFaults, count: usize) -> Vec<Page> {
        let mut listing = Listing::default();
        listing.set(faults);
        (0..count).map(|_| listing.next()).collect()
    }

    #[test]
    fn a_fault_begins_on_its_page_and_may_pass() {
        let faults = ListingFaults { fail_on_page: Some(2), fail_times: Some(1), ..Default::default() };
        let failed = Page::Fails { status: 500, html: false };
        assert_eq!(pages(faults, 3), [Page::AsItIs, failed, Page::AsItIs]);
    }

    #[test]
    fn emptiness_lasts_and_repetition_does_not() {
        let faults = ListingFaults { empty_from: Some(2), ..Default::default() };
        assert_eq!(pages(faults, 3), [Page::AsItIs, Page::Empty, Page::Empty]);
        for (faults, page) in [
            (ListingFaults { repeat_page: Some(2), ..Default::default() }, Page::Repeated),
            (ListingFaults { drop_page: Some(2), ..Default::default() }, Page::Empty),
            (ListingFaults { malformed_page: Some(2), ..Default::default() }, Page::Malformed),
            (ListingFaults { odd_user: Some(2), ..Default::default() }, Page::Odd),
        ] {
            assert_eq!(pages(faults, 3), [Page::AsItIs, page, Page::AsItIs]);
        }
    }

    #[test]
    fn html_alone_means_every_page() {
        let faults = ListingFaults { html: true, ..Default::default() };
        assert_eq!(pages(faults, 1), [Page::Fails { status: 200, html: true }]);
    }
}
