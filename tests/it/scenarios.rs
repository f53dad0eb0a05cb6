<<<<<<< HEAD
//! Real failures of systems that do this job, each as a test named by its sentence.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod any_order;
mod database_away;
mod deliveries;
mod rotation;
mod same_email;
mod turns;
=======
//! Failures of other systems that do this job, each a test that is named by its sentence.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod big_tables;
mod lives;
mod meetings;
mod moved_beginnings;
mod ties;
>>>>>>> t2
