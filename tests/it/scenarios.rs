//! Failures of other systems that do this job, each a test that is named by its sentence.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod big_tables;
mod lives;
mod meetings;
mod moved_beginnings;
mod ties;
