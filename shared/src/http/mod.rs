//! What all doors share: how a body is taken in, and how a refusal is told.

mod door;
mod intake;
mod problem;
mod query;
mod caller;
mod visitor;

pub use caller::Caller;
pub use door::finished;
pub use intake::{bearer, bytes, header, json_bytes};
pub use problem::Problem;
pub use query::query;
pub use visitor::{admit_visitor, in_person};
