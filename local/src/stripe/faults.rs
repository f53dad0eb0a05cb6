//! Faults of single requests, each for so many of them.

use serde::{Deserialize, Serialize};

/// What goes wrong next, as `PUT /_control/faults` takes it; `GET` tells what is left of it. `{}` turns everything off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StripeFaults {
    /// So many writes are done, and their replies are lost.
    pub lose_replies: u32,
    /// So many writes are not done and answered with a 500, which is remembered under their keys.
    pub fail_writes: u32,
    /// So many writes are done, and yet answered with a 500, which is remembered under their keys.
    pub fail_after_writing: u32,
    /// So many writes are refused with 409 `lock_timeout`.
    pub locked: u32,
    /// So many requests of any kind are refused with 429.
    pub too_many: u32,
    /// The reason that is told with those; `endpoint-rate` when absent.
    pub reason: Option<String>,
    /// What `Stripe-Should-Retry` says in failing answers; the header is absent without it.
    pub should_retry: Option<bool>,
    /// So long takes each page of a listing, ms.
    pub slow_lists_ms: u64,
    /// So long takes each write, ms.
    pub slow_writes_ms: u64,
}

/// What becomes of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    AsItIs,
    ReplyLost,
    Fails,
    FailsAfterwards,
    Locked,
}

#[derive(Debug, Default)]
pub(super) struct Faults(StripeFaults);

impl Faults {
    pub(super) fn set(&mut self, faults: StripeFaults) {
        self.0 = faults;
    }

    pub(super) fn left(&self) -> StripeFaults {
        self.0.clone()
    }

    /// Why this request is refused with 429, if it is.
    pub(super) fn too_many(&mut self) -> Option<String> {
        let reason = || self.0.reason.clone().unwrap_or_else(|| "endpoint-rate".to_owned());
        let reason = (self.0.too_many > 0).then(reason);
        self.0.too_many = self.0.too_many.saturating_sub(1);
        reason
    }

    pub(super) fn next_write(&mut self) -> Write {
        let faults = &mut self.0;
        let queue = [
            (&mut faults.locked, Write::Locked),
            (&mut faults.fail_writes, Write::Fails),
            (&mut faults.fail_after_writing, Write::FailsAfterwards),
            (&mut faults.lose_replies, Write::ReplyLost),
        ];
        for (left, fault) in queue {
            if *left > 0 {
                *left -= 1;
                return fault;
            }
        }
        Write::AsItIs
    }
}
