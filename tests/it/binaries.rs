//! The real binaries under Lambda's Runtime API: samples, configuration, start, frozen connections, garbage, kills.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod as_deployed;
mod configuration;
mod garbage;
mod killed;
mod killed_anywhere;
mod metrics;
mod samples;
mod start;
