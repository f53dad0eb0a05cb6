//! The integration tests of the whole workspace, in one executable.

mod auth0_upsert;
mod bad_input;
mod budgets;
mod clerk_webhook;
mod faults;
mod invariants;
mod reconcile;
mod runtime_api;
mod scenarios;
mod secrets;
mod tidy;
mod users;
