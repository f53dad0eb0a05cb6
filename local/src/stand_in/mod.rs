//! What the stand-ins of the providers have in common.
//!
//! They know nothing of the rest of the system: they are a second opinion of how the providers behave.

pub mod change;
pub mod clock;
pub mod control;
pub mod crowd;
pub mod draw;
pub mod front;
pub mod limit;
pub mod listing;
pub mod signing;
pub(crate) mod spoil;
#[cfg(test)]
pub(crate) mod sink;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, and carries on with what a panicking holder left: a stand-in has nothing better to do.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
