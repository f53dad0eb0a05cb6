//! Another look at a row that moved under a write, by many who want it at once.

use std::time::Duration;

use rand::random_range;
use tokio::time::sleep;

/// How often it is looked at: with the waits between, about a second.
const ROUNDS: u32 = 12;
/// The first wait is at most this, the next at most twice as much, and so on.
const WAIT_MS: u64 = 8;
const LONGEST_WAIT_MS: u64 = 250;

/// The rounds of one write.
#[derive(Default)]
pub(super) struct Rounds {
    begun: u32,
}

impl Rounds {
    /// Whether there is another one. Each but the first begins after a moment that is drawn by lot: of many who lost at
    /// once, each would meet all the others again.
    pub(super) async fn another(&mut self) -> bool {
        if self.begun > 0 && self.begun < ROUNDS {
            let longest = (WAIT_MS << (self.begun - 1)).min(LONGEST_WAIT_MS);
            sleep(Duration::from_millis(random_range(0..=longest))).await;
        }
        self.begun += 1;
        self.begun <= ROUNDS
    }
}
