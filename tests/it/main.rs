//! The integration tests of the whole workspace, in one executable.

mod binaries;
mod reconcile;
mod runtime_api;
mod tidy;
