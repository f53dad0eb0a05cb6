//! Which write may follow which row. The conditions of `store::users` say the same to the database.

use std::time::Duration;

use super::outcome::Outcome;
use super::profile::{Profile, ProfileVersion, Told};
use super::user::User;
use crate::clock::Timestamp;

/// How far our clock may be before the provider's when a row without a profile is told apart from an earlier life.
pub const SKEW: Duration = Duration::from_secs(60);

/// What becomes of a write that meets a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is written.
    Write,
    /// The row knows something newer.
    Stale,
    /// The row is a tombstone that this does not end.
    Deleted,
    /// It begins a new life: nothing of the row passes on.
    NewLife,
}

/// What becomes of `profile` when it meets `row`.
pub fn profile_verdict(row: &User, profile: &Profile) -> Verdict {
    let reuses = row.identity.provider().reuses_subjects();
    if let Some(end) = row.tombstone {
        let later = reuses && end.identity_deleted_at < profile.created_at();
        return if later { Verdict::NewLife } else { Verdict::Deleted };
    }
    let same_life = match row.profile_version {
        Some(stored) if stored > profile.version() => return Verdict::Stale,
        Some(_) if row.provider_created_at == Some(profile.created_at()) => true,
        Some(stored) => stored >= ProfileVersion::first_of(profile.created_at()),
        None => row.created_at >= profile.created_at().minus(SKEW),
    };
    if same_life || !reuses { Verdict::Write } else { Verdict::NewLife }
}

/// What becomes of a deletion at `at`, by the provider's clock, when it meets `row`.
pub fn deletion_verdict(row: &User, at: Timestamp) -> Verdict {
    let proven_later = row.lives_since.is_some_and(|since| since >= at);
    let known = match row.tombstone {
        Some(end) => end.identity_deleted_at >= at,
        None => row.identity.provider().reuses_subjects() && began(row) > at,
    };
    if proven_later || known { Verdict::Stale } else { Verdict::Write }
}

/// When the row's life began, as early as it can have been.
fn began(row: &User) -> Timestamp {
    row.provider_created_at.unwrap_or_else(|| row.created_at.minus(SKEW))
}

/// What becomes of the proof that the provider answered for this person at `answered_at`, when it meets a tombstone.
///
/// `Write` lifts it. A later life is no lift; what an operator erased stays.
pub fn lift_verdict(row: &User, profile: &Profile, answered_at: Timestamp) -> Verdict {
    match row.tombstone {
        None => Verdict::Stale,
        Some(_) if profile_verdict(row, profile) == Verdict::NewLife => Verdict::NewLife,
        Some(end) if end.erased || answered_at <= end.identity_deleted_at => Verdict::Deleted,
        Some(_) => Verdict::Write,
    }
}

/// How a write that was accepted over `before` ended.
pub fn written(before: Option<&User>, told: &Told) -> Outcome {
    let Some(before) = before else { return Outcome::Created };
    let same = match told {
        Told::Patch(patch) => patch.changes_nothing_in(&before.facts),
        Told::Profile(profile) => {
            *profile.facts() == before.facts && before.provider_created_at == Some(profile.created_at())
        }
    };
    if same { Outcome::Unchanged } else { Outcome::Updated }
}
