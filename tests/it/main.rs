//! The integration tests of the whole workspace, in one executable.

mod invariants;
mod runtime_api;
mod tidy;
