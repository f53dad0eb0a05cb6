//! What operators do by hand: each operation, what it is refused for, and what happens at the same time.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod bad_input;
mod clear;
mod cost;
mod deployed;
mod erase;
mod invoked;
mod lasting;
mod nights;
mod providers;
mod races;
mod restore;
mod stage;
mod transfer;
