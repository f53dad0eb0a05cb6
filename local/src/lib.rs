//! The whole system on one machine: the functions themselves, an embedded database, and stand-ins for the providers.

pub mod auth0;
mod aws_api;
pub mod clerk;
pub mod delivery;
pub mod engine;
pub mod invoke;
pub mod keep;
pub mod queue;
pub mod serve;
pub mod stand_in;
pub mod stripe;
pub mod system;
pub mod tables;
