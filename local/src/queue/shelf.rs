//! The messages of both queues, and the rules of their coming and going. Pure: the time is told.

use std::time::Duration;

use tokio::time::Instant;

/// One of the two queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// What is to be applied.
    Events,
    /// What was given up.
    DeadLetters,
}

impl Which {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Events => "auth0-events",
            Self::DeadLetters => "auth0-events-dead-letters",
        }
    }

    /// The queue of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Events, Self::DeadLetters].into_iter().find(|which| which.name() == name)
    }
}

/// A message that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) id: String,
    pub(super) body: String,
    /// What it is deleted by.
    pub(super) receipt: String,
    /// How often it was received, this time too.
    pub(super) receives: u32,
    /// When it was sent, in ms.
    pub(super) sent_at: i64,
}

struct Kept {
    id: String,
    body: String,
    sent_at: i64,
    receives: u32,
    visible_at: Instant,
    receipt: Option<String>,
}

/// Both queues.
pub(super) struct Shelf {
    events: Vec<Kept>,
    dead_letters: Vec<Kept>,
    max_receives: u32,
    moved: Option<(usize, i64)>,
    drawn: u64,
}

impl Shelf {
    /// Both empty; a message of the first that was received `max_receives` times goes to the second.
    pub(super) fn new(max_receives: u32) -> Self {
        Self { events: Vec::new(), dead_letters: Vec::new(), max_receives, moved: None, drawn: 0 }
    }

    pub(super) fn send(&mut self, which: Which, body: &str, sent_at: i64, now: Instant) -> String {
        let id = self.draw();
        let (body, kept_id) = (body.to_owned(), id.clone());
        self.of(which).push(Kept { id: kept_id, body, sent_at, receives: 0, visible_at: now, receipt: None });
        id
    }

    /// Takes up to `most` messages, and hides them for a time.
    pub(super) fn receive(&mut self, which: Which, most: usize, hidden: Duration, now: Instant) -> Vec<Received> {
        if which == Which::Events {
            self.give_up(now);
        }
        let mut drawn = self.drawn;
        let ready = self.of(which).iter_mut().filter(|kept| kept.visible_at <= now).take(most);
        let received = ready.map(|kept| {
            drawn += 1;
            let receipt = format!("{}-{drawn}", kept.id);
            kept.receives += 1;
            kept.visible_at = now + hidden;
            kept.receipt = Some(receipt.clone());
            let (id, body) = (kept.id.clone(), kept.body.clone());
            Received { id, body, receipt, receives: kept.receives, sent_at: kept.sent_at }
        });
        let received = received.collect();
        self.drawn = drawn;
        received
    }

    /// Deletes what the receipt names, if it is still the last one for that message.
    pub(super) fn delete(&mut self, which: Which, receipt: &str) -> bool {
        let queue = self.of(which);
        let before = queue.len();
        queue.retain(|kept| kept.receipt.as_deref() != Some(receipt));
        queue.len() < before
    }

    /// Shows what the receipt names again at `at`.
    pub(super) fn show_at(&mut self, which: Which, receipt: &str, at: Instant) {
        if let Some(kept) = self.of(which).iter_mut().find(|kept| kept.receipt.as_deref() == Some(receipt)) {
            kept.visible_at = at;
            kept.receipt = None;
        }
    }

    /// Moves all dead letters back, as new messages.
    pub(super) fn move_back(&mut self, now: Instant, started: i64) {
        let moved = std::mem::take(&mut self.dead_letters);
        // No two moves begin in the same moment.
        let started = self.moved.map_or(started, |(_, last)| started.max(last + 1));
        self.moved = Some((moved.len(), started));
        for kept in moved {
            self.send(Which::Events, &kept.body, kept.sent_at, now);
        }
    }

    /// How many the last move moved, and when it began, in ms.
    pub(super) fn moved(&self) -> Option<(usize, i64)> {
        self.moved
    }

    pub(super) fn bodies(&self, which: Which) -> Vec<&str> {
        self.seen(which).iter().map(|kept| kept.body.as_str()).collect()
    }

    pub(super) fn count(&self, which: Which, now: Instant) -> super::Count {
        let queue = self.seen(which);
        let in_flight = queue.iter().filter(|kept| kept.receipt.is_some() && kept.visible_at > now).count();
        super::Count { waiting: queue.len() - in_flight, in_flight }
    }

    pub(super) fn next(&self, which: Which) -> Option<Instant> {
        self.seen(which).iter().map(|kept| kept.visible_at).min()
    }

    /// What came too often goes to the dead letters when it would come once more.
    fn give_up(&mut self, now: Instant) {
        let most = self.max_receives;
        let given_up = self.events.extract_if(.., |kept| kept.visible_at <= now && kept.receives >= most);
        self.dead_letters.extend(given_up.map(|kept| Kept { receives: 0, receipt: None, ..kept }));
    }

    fn seen(&self, which: Which) -> &[Kept] {
        match which {
            Which::Events => &self.events,
            Which::DeadLetters => &self.dead_letters,
        }
    }

    fn of(&mut self, which: Which) -> &mut Vec<Kept> {
        match which {
            Which::Events => &mut self.events,
            Which::DeadLetters => &mut self.dead_letters,
        }
    }

    /// An id as SQS gives one.
    fn draw(&mut self) -> String {
        self.drawn += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.drawn)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
    use shared::clock::instant;

    use super::*;

    const HIDDEN: Duration = Duration::from_secs(30);

    #[test]
    fn a_message_comes_again_until_it_is_deleted_by_its_last_receipt() {
        let (mut shelf, now) = (Shelf::new(5), instant());
        let id = shelf.send(Which::Events, "a", 1, now);
        let first = shelf.receive(Which::Events, 10, HIDDEN, now);
        assert_eq!((first[0].id.as_str(), first[0].receives), (id.as_str(), 1));
        assert!(shelf.receive(Which::Events, 10, HIDDEN, now).is_empty(), "it is hidden");
        let second = shelf.receive(Which::Events, 10, HIDDEN, now + HIDDEN);
        assert_eq!(second[0].receives, 2);
        assert!(!shelf.delete(Which::Events, &first[0].receipt));
        assert!(shelf.delete(Which::Events, &second[0].receipt));
        assert_eq!(shelf.next(Which::Events), None);
    }

    #[test]
    fn what_came_too_often_is_given_up_and_can_be_moved_back() {
        let (mut shelf, now) = (Shelf::new(2), instant());
        shelf.send(Which::Events, "a", 1, now);
        for _ in 0..2 {
            let received = shelf.receive(Which::Events, 1, HIDDEN, now);
            shelf.show_at(Which::Events, &received[0].receipt, now);
        }
        assert!(shelf.receive(Which::Events, 1, HIDDEN, now).is_empty());
        assert_eq!(shelf.count(Which::DeadLetters, now).waiting, 1);
        shelf.move_back(now, 5);
        assert_eq!(shelf.moved(), Some((1, 5)));
        assert_eq!(shelf.receive(Which::Events, 1, HIDDEN, now)[0].receives, 1);
    }
}
