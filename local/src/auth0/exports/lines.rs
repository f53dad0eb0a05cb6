//! The lines of a file, some users at a time: the file is nowhere as a whole.

use std::ops::Bound;
use std::sync::Arc;

use super::Auth0StandIn;
use super::column::Line;
use super::connection::connection_id;
use super::faults::Download;
use super::job::Job;
use super::request::Asked;
use crate::auth0::User;
use crate::auth0::crowd::crowd_user;
use crate::auth0::register::Register;
use crate::stand_in::crowd::Crowded;
use crate::stand_in::lock;

/// How many users are taken at once. The register is locked no longer than that.
const AT_ONCE: usize = 128;

/// What is left to be written of a file.
pub(super) struct Lines {
    auth0: Auth0StandIn,
    asked: Arc<Asked>,
    /// The crowd as it was at the beginning of the file, and the number with which it goes on.
    crowd: Arc<Crowded>,
    number: u64,
    /// The stored user behind whom it goes on.
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
            crowd: lock(&auth0.it.register).crowd.clone(),
            number: 0,
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
            let Some(users) = self.users() else { break };
            let is_wanted =
                |user: &&User| self.asked.connection_id().is_none_or(|id| connection_id(user.connection()) == id);
            for user in users.iter().filter(is_wanted).take(self.left) {
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

    /// The next users, the crowd before the stored ones; `None` behind the last.
    fn users(&mut self) -> Option<Vec<User>> {
        let crowd = self.crowd.crowd();
        if self.number < crowd.count {
            let end = crowd.count.min(self.number + AT_ONCE as u64);
            let numbers = std::mem::replace(&mut self.number, end)..end;
            return Some(numbers.filter_map(|number| crowd_user(&crowd, number)).collect());
        }
        let users = lock(&self.auth0.it.register).behind(&self.place, self.until, AT_ONCE);
        let last = users.last()?;
        self.place = (last.created_at, last.user_id.clone());
        Some(users)
    }
}

impl Register {
    /// At most so many stored users who were made after the place, in the order of their creation, and no later than
    /// `until`.
    fn behind(&self, place: &(i64, String), until: i64, most: usize) -> Vec<User> {
        let places = self.by_created().range((Bound::Excluded(place), Bound::Unbounded));
        let places = places.take_while(|(created_at, _)| *created_at <= until).take(most);
        places.filter_map(|(_, user_id)| self.user(user_id)).cloned().collect()
    }
}
