//! What a tenant's administrators set up: Actions, the flows that they run in, and event streams.

mod action;
mod binding;
mod body;
mod stream;
mod version;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::stand_in::draw::Draw;

pub use action::{Action, Trigger};
pub use body::{ActionPatch, NewAction, NewSecret};
pub use stream::{Destination, Stream};

pub(super) use binding::{Wanted, triggers};
pub(super) use stream::Authorization;

use binding::Binding;

/// All of it. Only its methods change it.
#[derive(Debug)]
pub(super) struct Tenant {
    kept: Kept,
    draw: Draw,
    /// How long an Action is built before it can be deployed.
    builds_take: Duration,
    /// Changes so far, for who wants to know that there were none.
    writes: u64,
}

/// What a snapshot keeps of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    actions: Vec<Action>,
    bindings: BTreeMap<String, Vec<Binding>>,
    streams: Vec<Stream>,
    drawn: u64,
}

impl Tenant {
    pub(super) fn new(seed: u64, builds_take: Duration) -> Self {
        Self { kept: Kept::default(), draw: Draw::new(seed ^ 0xA0), builds_take, writes: 0 }
    }

    pub(super) fn kept(&self) -> Kept {
        Kept { drawn: self.draw.drawn(), ..self.kept.clone() }
    }

    pub(super) fn restore(&mut self, kept: Kept) {
        self.draw.resume(kept.drawn);
        self.kept = kept;
    }

    pub(super) fn writes(&self) -> u64 {
        self.writes
    }

    /// An identifier as Actions and their versions have it.
    fn uuid(&mut self) -> String {
        let digits = self.draw.hex() + &self.draw.hex();
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
    }
}
