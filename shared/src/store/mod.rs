//! The tables: a table is a struct, a method is an access pattern, and a lost race is an outcome.

mod error;
mod item;
mod run;
mod scan;
mod statement;
mod sync_runs;
mod users;
mod writes;

pub use error::StoreError;
pub use run::Run;
pub use scan::Segment;
pub use sync_runs::SyncRuns;
pub use users::{Sender, Users};
