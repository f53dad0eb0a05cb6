//! The tables: a table is a struct, a method is an access pattern, and a lost race is an outcome.

mod audit;
mod author;
mod challenges;
mod claims;
mod error;
mod item;
mod lease;
mod linking;
mod lookup;
mod run;
mod scan;
mod schema;
mod statement;
mod sync_runs;
mod transaction;
mod transfer;
mod upsert_with_key;
mod users;
mod writes;

pub use audit::{Audit, Finding};
pub use author::Author;
pub use challenges::ChallengeOutcome;
pub use claims::Claims;
pub use error::StoreError;
pub use lease::{Held, Lease};
pub use run::{Run, Status};
pub use scan::Segment;
pub use schema::{Schema, Shape};
pub use sync_runs::SyncRuns;
pub use users::{Sender, Users};
