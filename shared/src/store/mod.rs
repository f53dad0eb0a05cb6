//! The tables: a table is a struct, a method is an access pattern, and a lost race is an outcome.

mod audit;
mod author;
mod challenges;
mod claims;
mod cursor;
mod error;
mod find;
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
mod visit;
mod writes;

pub use audit::{Audit, Finding};
pub use author::Author;
pub use challenges::ChallengeOutcome;
pub use claims::Claims;
pub use cursor::{BadCursor, Cursor};
pub use error::StoreError;
pub use find::Found;
pub use lease::{Held, Lease};
pub use run::{Run, Status};
pub use scan::Segment;
pub use schema::{Schema, Shape};
pub use sync_runs::SyncRuns;
pub use users::{Sender, Users};
pub use visit::Visit;
