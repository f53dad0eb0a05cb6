//! The integration tests of the whole workspace, in one executable.

mod budgets;
mod faults;
mod invariants;
mod runtime_api;
mod scenarios;
mod tidy;
mod users;
