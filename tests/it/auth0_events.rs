//! Auth0's events between logins: their door, their queue, and what they do to the table.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod door;
mod failures;
mod lives;
mod orders;
mod passed_over;
mod queue;
mod turns;

use shared::clock::Clock;

/// The machine's time, in ms: the whole system has no other.
fn now() -> i64 {
    Clock::system().now().millis()
}
