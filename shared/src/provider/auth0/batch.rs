//! The lines of an export, read as users and gathered into pages.

use serde::de::IgnoredAny;

use super::file::Fault;
use crate::clock::Timestamp;
use crate::domain::Provider;
use crate::provider::users::{Page, Summary};
use crate::wire::auth0_user::Auth0User;

/// A page has this many users, or fewer where their lines are long.
const USERS: u32 = 500;
/// A page is full when its lines were this long together.
const BYTES: usize = 1024 * 1024;

/// Users who are not handed on yet.
pub(super) struct Batch {
    as_of: Timestamp,
    provider: Provider,
    named: u64,
    page: Page,
    lines: u32,
    bytes: usize,
    full: Vec<Page>,
}

impl Batch {
    /// Nobody yet. Whoever comes is told as of this time.
    pub(super) fn new(as_of: Timestamp) -> Self {
        let (page, full) = (Page::default(), Vec::new());
        Self { as_of, provider: Provider::auth0(), named: 0, page, lines: 0, bytes: 0, full }
    }

    /// Reads one line. One that is JSON and no readable user is an odd user; a blank one is nobody.
    pub(super) fn take(&mut self, line: &[u8]) -> Result<(), Fault> {
        const NO_JSON: Fault = Fault("a line of its file is no JSON; run again");
        let text = str::from_utf8(line).map_err(|_| NO_JSON)?.trim();
        if text.is_empty() {
            return Ok(());
        }
        // serde would read a list as a user, too.
        let user: Option<Auth0User> = text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten();
        if user.is_none() && serde_json::from_str::<IgnoredAny>(text).is_err() {
            return Err(NO_JSON);
        }
        self.page.take(user.as_ref(), &self.provider, self.as_of);
        self.named += 1;
        self.lines += 1;
        self.bytes += line.len();
        if self.lines >= USERS || self.bytes >= BYTES {
            self.full.push(std::mem::take(&mut self.page));
            (self.lines, self.bytes) = (0, 0);
        }
        Ok(())
    }

    /// The pages that are full.
    pub(super) fn full(&mut self) -> Vec<Page> {
        std::mem::take(&mut self.full)
    }

    /// How many users there were.
    pub(super) fn named(&self) -> u64 {
        self.named
    }

    /// The last pages, after the file was found whole.
    pub(super) fn last(mut self) -> Vec<Page> {
        self.page.summary = Some(Summary::of_whole_file(self.named));
        self.full.push(self.page);
        self.full
    }
}
