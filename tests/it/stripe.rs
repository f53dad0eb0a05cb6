//! Users and their customers at Stripe: one for each user, and what a reconcile finds between both sides.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bad_listings;
mod classes;
mod ensure;
mod ensure_faults;
mod kills;
mod races;
mod runs;
mod silence;
mod stage;
