//! x
pub mod auth0;
pub mod clerk;
pub mod delivery;
pub mod stand_in;
