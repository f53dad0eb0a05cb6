//! The whole system on one machine.

pub mod engine;
pub mod tables;
