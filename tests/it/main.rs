//! The integration tests of the whole workspace, in one executable.

mod auth0_upsert;
mod bad_input;
mod binaries;
mod budgets;
mod canary;
mod change_feed;
mod claims;
mod clerk_webhook;
mod dev;
mod faults;
mod invariants;
mod kit;
mod openapi;
mod reconcile;
mod runtime_api;
mod scenarios;
mod secrets;
mod spine_command;
mod state_machine;
mod stripe;
mod tidy;
mod users;
mod users_admin;
mod users_api;
mod users_internal;
