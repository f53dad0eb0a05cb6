//! Ending a run before its end: near a deadline, on request, or when its lease is gone.

use tokio::sync::watch;

/// Why a run stops early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no time left to go on.
    Deadline,
    /// Somebody asked for it.
    Asked,
    /// Another run holds the lease by now.
    LeaseLost,
}

/// A word that a run heeds between two users. Clones share it, and the first word counts.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<Option<Why>>);

impl Stop {
    /// Nobody said stop yet.
    pub fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Says stop. What is on its way is finished, and nothing new is begun.
    pub fn tell(&self, why: Why) {
        self.0.send_if_modified(|told| {
            let first = told.is_none();
            told.get_or_insert(why);
            first
        });
    }

    /// What was said, if anything was.
    pub fn told(&self) -> Option<Why> {
        *self.0.borrow()
    }

    /// Ends when somebody says stop.
    pub async fn heard(&self) {
        let mut told = self.0.subscribe();
        // The sender lives as long as this value: the wait cannot fail.
        let _ = told.wait_for(Option::is_some).await;
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_word_counts_and_everybody_hears_it() {
        let stop = Stop::new();
        assert_eq!(stop.told(), None);
        stop.clone().tell(Why::Deadline);
        stop.tell(Why::Asked);
        stop.heard().await;
        assert_eq!(stop.told(), Some(Why::Deadline));
    }
}
