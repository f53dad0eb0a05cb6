//! What every part of identity-spine stands on, in reading order: each module uses those above it, never those below.

pub mod clock;
pub mod domain;
pub mod secret;
pub mod signature;
pub mod possession;
pub mod token;
pub mod config;
pub mod telemetry;
pub mod aws;
pub mod queue;
pub mod bus;
pub mod store;
pub mod wire;
pub mod provider;
pub mod customers;
pub mod jwt;
pub mod http;
pub mod reconcile;
pub mod stripe_reconcile;
pub mod invocation;
