//! How a stand-in's messages reach the system: in order and retried, or lost, repeated, late and shuffled.
//!
//! An [`Outbox`] has one target, which may be set late. A message made while there is no target is not
//! made at all, as a provider without an endpoint sends nothing; unless it has a target of its own.
//!
//! Without delay and reordering, the messages of one lane (one user) go one after the other, each until
//! it is acknowledged or given up; lanes go side by side. With either fault every message goes by itself.

mod call;
mod counters;
mod dice;
mod failed;
mod faults;
mod message;
mod outbox;
mod schedule;
mod send;
mod svix;
#[cfg(test)]
mod tests;

pub use call::Reply;
pub use counters::Counters;
pub use failed::{Attempt, Failed};
pub use faults::{BadFaults, Delay, Faults, FaultsPatch};
pub use message::{Message, Seal};
pub use outbox::{Outbox, OutboxOptions};
pub use schedule::Schedule;
pub use svix::{BadSecret, SvixKey};
