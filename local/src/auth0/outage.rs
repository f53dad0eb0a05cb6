//! A Management API that stops taking changes at some point, for who must go on from there later.

use axum::http::Method;

use super::Auth0StandIn;
use crate::stand_in::lock;

/// Which changes are still taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// So many are.
    pub after: u64,
    /// Whether the one behind them is done too, and only its answer is lost.
    pub last_is_done: bool,
}

/// What an outage does to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Struck {
    No,
    Before,
    After,
}

impl Auth0StandIn {
    /// Sets an outage, or ends it.
    pub fn set_outage(&self, outage: Option<Outage>) {
        *lock(&self.it.outage) = outage;
    }

    pub(super) fn outage_at(&self, method: &Method) -> Struck {
        let mut outage = lock(&self.it.outage);
        let Some(outage) = outage.as_mut().filter(|_| method != Method::GET) else { return Struck::No };
        if let Some(left) = outage.after.checked_sub(1) {
            outage.after = left;
            return Struck::No;
        }
        if std::mem::take(&mut outage.last_is_done) { Struck::After } else { Struck::Before }
    }
}
