//! The integration tests of the whole workspace, in one executable.

mod binaries;
mod canary;
mod dev;
mod kit;
mod reconcile;
mod runtime_api;
mod tidy;
