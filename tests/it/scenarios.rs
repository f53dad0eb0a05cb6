//! Real failures of systems that do this job, each as a test named by its sentence.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod any_order;
mod big_tables;
mod database_away;
mod deliveries;
mod lives;
mod meetings;
mod moved_beginnings;
mod rotation;
mod same_email;
mod ties;
mod turns;
