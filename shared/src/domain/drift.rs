//! What a reconcile finds between a provider's user and our row, and what it takes to believe it.

use std::time::Duration;

use super::life::{Verdict, profile_verdict};
use super::profile::Profile;
use super::user::User;
use crate::clock::Timestamp;

/// Why a row differs from what the provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The provider has a user whom we have never seen.
    Missing,
    /// Our profile is older than the provider's, or we never had one.
    ProfileOlder,
    /// Our profile is not older, and yet says something else.
    ProfileDiffers,
    /// We hold a tombstone, and the provider says that this very person lives.
    DeletedHere,
    /// The subject is somebody new, and we hold the person before.
    Reborn,
    /// We hold a living user whom the provider no longer has.
    Orphan,
    /// A patch lies over the profile: a notice, for no event was lost.
    Patched,
    /// An operator erased them, and the provider still lists them: a notice.
    ErasedButListed,
    /// The tombstone of a subject that another user's identities name: a notice.
    Linked,
    /// The provider named a user that cannot be read: a notice.
    OddUser,
}

impl Cause {
    /// The word for it in answers, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ProfileOlder => "profile_older",
            Self::ProfileDiffers => "profile_differs",
            Self::DeletedHere => "deleted_here",
            Self::Reborn => "reborn",
            Self::Orphan => "orphan",
            Self::Patched => "patched",
            Self::ErasedButListed => "erased_but_listed",
            Self::Linked => "linked",
            Self::OddUser => "odd_user",
        }
    }

    /// Whether it means that an event was lost. Notices do not, and neither `inStep` nor an exit status follows them.
    pub fn is_drift(self) -> bool {
        !matches!(self, Self::Patched | Self::ErasedButListed | Self::Linked | Self::OddUser)
    }

    /// Whether only a strongly consistent read at the provider shows it, for a listing may be behind our own row.
    pub fn needs_proof(self) -> bool {
        matches!(self, Self::ProfileDiffers | Self::Patched | Self::DeletedHere)
    }
}

/// What kind of write a cause calls for, as operators choose among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A life that is not in the table yet.
    Create,
    /// Other facts in a row that is there.
    Update,
    /// The end of a tombstone that the provider proves wrong.
    Lift,
    /// The end of a person whom the provider no longer has.
    Delete,
}

impl Cause {
    /// What it calls for; notices that nobody writes for call for nothing.
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::Missing | Self::Reborn => Some(Kind::Create),
            Self::ProfileOlder | Self::ProfileDiffers | Self::Patched => Some(Kind::Update),
            Self::DeletedHere => Some(Kind::Lift),
            Self::Orphan => Some(Kind::Delete),
            Self::ErasedButListed | Self::Linked | Self::OddUser => None,
        }
    }
}

/// Compares a provider's user with the row that we hold; `None` is in step.
pub fn drift_of(row: Option<&User>, profile: &Profile) -> Option<Cause> {
    let Some(row) = row else { return Some(Cause::Missing) };
    let verdict = profile_verdict(row, profile);
    if verdict == Verdict::NewLife {
        return Some(Cause::Reborn);
    }
    if let Some(end) = row.tombstone {
        return Some(if end.erased { Cause::ErasedButListed } else { Cause::DeletedHere });
    }
    if row.facts == *profile.facts() && row.provider_created_at == Some(profile.created_at()) {
        return None;
    }
    match row.profile_version {
        // Auth0 moves its clock at each login, so a newer profile does not say that the patch is not the difference.
        Some(_) if row.patched => Some(Cause::Patched),
        Some(stored) if stored.updated_at >= profile.version().updated_at => Some(Cause::ProfileDiffers),
        _ => Some(Cause::ProfileOlder),
    }
}

/// Whether a change at the provider is old enough that its event should have arrived: what is younger is not drift.
pub fn settled(profile: &Profile, now: Timestamp, settle: Duration) -> bool {
    now.since(profile.version().updated_at) >= settle
}
