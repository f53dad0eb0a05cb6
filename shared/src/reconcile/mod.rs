//! One pass over a provider: scan our rows, stream the provider's users past them, write only what differs.

mod judge;
mod known;
mod run;
mod tally;

pub use known::Known;
pub use run::{Mode, ReconcileError, Reconciler};
