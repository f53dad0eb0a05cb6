//! A canary in every field of every request, under every fault: no log line, metric or error says it.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod auth0_events;
mod by_hand;
mod doors;
mod on_one_machine;
mod providers;
mod songs;
mod users_api;
