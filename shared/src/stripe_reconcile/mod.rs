//! One pass over Stripe's customers: scan our rows, stream the customers past them, link only what is proved.
//!
//! [`StripeReconciler`] says of what a run is; `pass` scans, lists and joins; `book` is what the table knows; `judge` says
//! what is wrong by strongly consistent reads; `treat` says what becomes of it, and `act` writes the one thing that may
//! be written: a link. Nothing is ever changed at Stripe.

mod found;
mod watch;
mod book;
mod state;
mod judge;
mod act;
mod treat;
mod pass;
mod reconciler;

pub use found::{LinkApplied, LinkFinding, LinkFound};
pub use reconciler::{STRIPE, StripeReconciler};
pub use watch::{LinkWatch, UnwatchedLinks};
