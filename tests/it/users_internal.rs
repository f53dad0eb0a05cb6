//! What trusted server code may ask and tell: look-ups, the Stripe link, and the list for a reconcile.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod bad_input;
mod cost;
mod customers;
mod invoked;
mod look_ups;
mod pages;
mod stage;
