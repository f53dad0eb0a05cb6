//! The reconcile through the Invoke API and by its own parts, against the stand-ins.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod any_state;
mod bad_exports;
mod bad_listings;
mod causes;
mod choices;
mod during_a_run;
mod failures;
mod leases;
mod limits;
mod lost_events;
mod nights;
mod notices;
mod orphans;
mod stage;
mod whole_table;
