//! The change feed over what the store really writes: which events, in which order, how often, and with what in them.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod bus;
mod failures;
mod lives;
mod silence;
mod stage;
