//! Scenarios 8 and 22: every operation under every fault ends right or says "try again", and a retry has no second effect.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod dice;
mod each_fault;
mod operation;
