//! What the suite stands on: stand-ins for AWS, a tap and faults on the wire, and eyes for what must not leak.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot set its stage should stop at once and say where"
)]

pub mod api_gateway;
pub mod auth0_events;
pub mod binaries;
pub mod cable;
pub mod canary;
pub mod clerk_events;
pub mod doors;
pub mod claims;
mod exchange;
pub mod faults;
pub mod interlude;
pub mod people;
pub mod in_front;
pub mod program;
pub mod relay;
pub mod runtime_api;
pub mod sdk;
pub mod secrets_manager;
pub mod served;
pub mod spine;
pub mod step_functions;
pub mod template;
pub mod terminal;
pub mod users_api;
pub mod web;
pub mod wallet;
pub mod wire_tap;
