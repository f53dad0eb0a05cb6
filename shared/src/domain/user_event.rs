//! What a provider's event means here, and which events mean nothing.

use std::time::Duration;

use super::{Identity, Profile};
use crate::clock::Timestamp;

/// The oldest envelope that is applied: younger than any tombstone's end, so that no replay outlives one.
const OLDEST: Duration = Duration::from_secs(28 * 86_400);

/// What an event means.
#[derive(Debug)]
pub enum UserEvent {
    /// A user as of a creation or a change.
    Told(Identity, Profile),
    /// The end of a user, by the provider's clock.
    Deleted(Identity, Timestamp),
    /// Nothing to do, and why: acknowledged and counted.
    Ignored(Ignored),
}

/// Why an event is acknowledged and not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// Of another instance or tenant.
    Foreign,
    /// Sent to try the way, and about nobody.
    Test,
    /// Of a kind that we do not know.
    UnknownKind,
    /// A replay from more than 28 days ago.
    TooOld,
    /// A deletion that does not say whose.
    WithoutId,
}

impl Ignored {
    /// The word for it in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::Test => "test",
            Self::UnknownKind => "unknown_kind",
            Self::TooOld => "too_old",
            Self::WithoutId => "without_id",
        }
    }
}

/// Whether an envelope of `sent_at` may be a replay that outlives a tombstone.
pub fn too_old(sent_at: Timestamp, now: Timestamp) -> bool {
    now.since(sent_at) > OLDEST
}
