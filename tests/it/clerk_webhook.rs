//! Clerk's events at their door: who is believed, what is applied, and what is acknowledged without being applied.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod events;
mod facts;
mod signatures;

use serde_json::Value;
use tests::clerk_events::{event, user};
use tests::doors::ClerkDoor;
use tests::spine::{Spine, at};

/// When these tests begin: a whole second.
const NOW: i64 = 1_770_000_000_000;

async fn door() -> (Spine, ClerkDoor) {
    let spine = Spine::fresh().await;
    let door = ClerkDoor::new(spine.users(), at(NOW));
    (spine, door)
}

/// `user.created` of Ada, a moment ago.
fn created(id: &str) -> Value {
    event("user.created", NOW, &user(id, ("Ada", "Lovelace"), "ada@example.com", NOW - 1000, NOW - 500))
}
