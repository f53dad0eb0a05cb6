//! `spine` as an operator meets it: the real binary, against the whole system.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod audit;
mod by_hand;
mod doctor;
mod held;
mod history;
mod interrupted;
mod modes;
mod operator;
mod records;
mod redrive;
mod setup_auth0;
mod setup_clerk;
mod silence;
mod stripe;
mod terminal;
mod tokens;
mod two_at_once;
mod users;
