//! Where a listing by creation time stands: its newest moment, and who was named of it.

use std::collections::HashSet;

use crate::clock::Timestamp;

/// The end of what was named so far. It tells a user who is new from one who is repeated, without remembering all.
#[derive(Debug, Default)]
pub(super) struct Tail {
    moment: Option<Timestamp>,
    ids: HashSet<String>,
}

impl Tail {
    /// Notes a user; `true` when the listing had not named them before.
    pub(super) fn names(&mut self, id: &str, created_at: Timestamp) -> bool {
        if Some(created_at) < self.moment {
            return false;
        }
        if Some(created_at) > self.moment {
            self.moment = Some(created_at);
            self.ids.clear();
        }
        self.ids.insert(id.to_owned())
    }

    /// The newest moment that was named.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        self.moment
    }

    /// How many were named of that moment.
    pub(super) fn of_that_moment(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_of_the_last_moment_and_all_before_it_are_nobody_new() {
        let mut tail = Tail::default();
        let time = |millis| Timestamp::from_millis(millis).unwrap_or(Timestamp::ZERO);
        let named = [("a", 5), ("b", 5), ("a", 5), ("c", 4), ("d", 6), ("b", 5), ("d", 6), ("e", 6)];
        let new = named.map(|(id, at)| tail.names(id, time(at)));
        assert_eq!(new, [true, true, false, false, true, false, false, true]);
        assert_eq!((tail.moment(), tail.of_that_moment()), (Some(time(6)), 2));
    }
}
