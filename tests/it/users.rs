//! The store of users: how claims end with a life, what a proof may do, and rows that nobody can read.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod corrupt_rows;
mod ended_claims;
mod proofs;
