//! The lines of a file, some users at a time: the file is nowhere as a whole.

use std::sync::Arc;

use super::Auth0StandIn;
use super::column::Line;
use super::faults::Download;
use super::job::Job;
use super::request::{Asked, connection_id};
use crate::stand_in::lock;

/// How many users are taken at once. The register is locked no longer than that.
const AT_ONCE: usize = 128;

/// What is left to be written of a file.
pub(super) struct Lines {
    auth0: Auth0StandIn,
    asked: Arc<Asked>,
    /// The user behind whom it goes on.
    place: (i64, String),
    /// Who was made after that is not in the file.
    until: i64,
    left: usize,
    twice: bool,
    half_line: bool,
    ahead: Vec<u8>,
}

impl Lines {
    pub(super) fn of(auth0: &Auth0StandIn, job: &Job, until: i64, download: &Download) -> Self {
        let told = auth0.it.front.listing_faults().truncate_to;
        let limits = [job.asked.limit, download.truncate_to, told];
        let mut lines = Self {
            auth0: auth0.clone(),
            asked: job.asked.clone(),
            place: (i64::MIN, String::new()),
            until,
            left: limits.into_iter().flatten().min().unwrap_or(usize::MAX),
            twice: download.twice,
            half_line: download.half_line,
            ahead: Vec::new(),
        };
        lines.ahead = lines.more();
        lines
    }

    /// The next lines; none at the end. The last line is known by reading one step ahead.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let more = self.more();
        let mut now = std::mem::replace(&mut self.ahead, more);
        if self.half_line && self.ahead.is_empty() {
            let last = now.trim_ascii_end().iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            now.truncate(last.midpoint(now.len()));
        }
        now
    }

    fn more(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        while text.is_empty() && self.left > 0 {
            let users = lock(&self.auth0.it.register).behind(&self.place, self.until, AT_ONCE);
            let Some(last) = users.last() else { break };
            self.place = (last.created_at, last.user_id.clone());
            let is_wanted = |id: &str, name: &str| connection_id(name) == id;
            let wanted = users
                .iter()
                .filter(|user| self.asked.connection_id().is_none_or(|id| is_wanted(id, user.connection())));
            for user in wanted.take(self.left) {
                let begin = text.len();
                // Writing into memory cannot fail.
                let _ = serde_json::to_writer(&mut text, &Line { user, columns: &self.asked.columns });
                text.push(b'\n');
                if self.twice {
                    text.extend_from_within(begin..);
                }
                self.left -= 1;
            }
        }
        text
    }
}
