//! The store of claims: keys and customers, each of one user only, whatever happens at the same time.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod audit;
mod cost;
mod customers;
mod each_fault;
mod keys;
mod lives;
mod lookups;
mod proofs;
mod races;
mod repairs;
mod stage;
mod together;
mod transfers;
mod upserts;
