//! One pass over a provider: scan our rows, stream the provider's users past them, write only what differs.
//!
//! `running` holds the lease and the record around a pass, [`Reconciler`] says of what; `pass` scans, lists and joins;
//! `measure` makes its metrics.
//! `judge` says what differs, `treat` what becomes of it, `act` writes it, and `orphans` ends the pass.

mod error;
mod order;
mod stop;
mod hold;
mod measure;
mod finding;
mod watch;
mod known;
mod tally;
mod plan;
mod state;
mod running;
mod judge;
mod act;
mod treat;
mod orphans;
mod one_user;
mod pass;
mod reconciler;
mod claims;
mod answer;

pub use answer::{answer, deadline};
pub use claims::{CLAIMS, ClaimsAudit};
pub use error::ReconcileError;
pub use finding::{Applied, Finding, Found};
pub use known::{Compared, Known, Living};
pub(crate) use measure::Measured;
pub use one_user::Looked;
pub use order::{Mode, Order};
pub use reconciler::Reconciler;
pub(crate) use running::{Flow, Running, Work, locked};
pub use stop::{Stop, Why};
pub use watch::{Progress, Stage, Unwatched, Watch};
