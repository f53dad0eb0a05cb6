//! What all doors share: how a body is taken in, and how a refusal is told.

mod door;
mod intake;
mod problem;

pub use door::finished;
pub use intake::{bearer, header, json_bytes};
pub use problem::Problem;
