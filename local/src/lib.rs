//! x

pub mod clerk;
pub mod delivery;
pub mod stand_in;
