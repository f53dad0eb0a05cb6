//! Invariants 1, 2, 3, 4 and 5, over the pure decision and over the real engine.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

mod engine;
mod history;
mod interleavings;
mod model;
mod pure;
