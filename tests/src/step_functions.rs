//! AWS Step Functions and the scheduler in front of it, as far as `template.yaml` uses them: its very definitions,
//! run here without any waiting.
//!
//! Whatever a definition says that is not understood here stops the test, so nothing is passed over.

mod choice;
mod definition;
mod errors;
mod execution;
mod path;
mod payload;
mod running;
mod starting;

pub use definition::Machine;
pub use errors::ErrorOutput;
pub use execution::{End, Execution, Pause};
pub use starting::StepFunctions;
