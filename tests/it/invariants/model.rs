//! The row as the pure rules move it, and the end that the rules owe, told without them.

use std::collections::BTreeMap;

use shared::clock::Timestamp;
use shared::domain::{
    Facts, Identity, Profile, ProfileVersion, Tombstone, User, Verdict, deletion_verdict, profile_verdict,
};

use super::history::{Realm, Word};

/// What must be the same in the end: all but times of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Unseen,
    Living { facts: Facts, version: ProfileVersion, created_at: Timestamp },
    Gone(Timestamp),
}

impl State {
    /// What a row says.
    pub(super) fn of(row: Option<&User>) -> Self {
        match row {
            None => Self::Unseen,
            Some(User { tombstone: Some(end), .. }) => Self::Gone(end.identity_deleted_at),
            Some(row) => Self::Living {
                facts: row.facts.clone(),
                version: row.profile_version.expect("a row of profiles has a version"),
                created_at: row.provider_created_at.expect("a row of profiles has a beginning"),
            },
        }
    }

    fn living(profile: &Profile) -> Self {
        let facts = profile.facts().clone();
        Self::Living { facts, version: profile.version(), created_at: profile.created_at() }
    }

    /// How a history must end: by its last deletion, unless a profile tells of a life after it; then by the newest one.
    pub(super) fn owed(realm: Realm, words: &[Word]) -> Self {
        let deletions = words.iter().filter_map(|word| match word {
            Word::Deletion(at) => Some(*at),
            Word::Profile(..) => None,
        });
        let last = deletions.max();
        let profiles = words.iter().filter_map(|word| match word {
            Word::Profile(profile, _) => Some(profile),
            Word::Deletion(_) => None,
        });
        let survives = |profile: &&Profile| match (last, realm) {
            (None, _) => true,
            (Some(at), Realm::Auth0) => profile.created_at() > at,
            (Some(_), Realm::Clerk) => false,
        };
        match (profiles.filter(survives).max_by_key(|profile| profile.version()), last) {
            (Some(profile), _) => Self::living(profile),
            (None, Some(at)) => Self::Gone(at),
            (None, None) => Self::Unseen,
        }
    }
}

/// The next row, as the verdicts say.
pub(super) fn next(identity: &Identity, row: Option<User>, word: &Word, now: Timestamp) -> Option<User> {
    match word {
        Word::Profile(profile, login) => {
            let verdict = row.as_ref().map(|row| profile_verdict(row, profile));
            Some(match (row, verdict) {
                (Some(row), Some(Verdict::Write)) => written(row, profile, *login, now),
                (Some(row), Some(Verdict::Stale)) if *login => User { last_active_at: Some(now), ..row },
                (Some(row), Some(Verdict::Stale | Verdict::Deleted)) => row,
                _ => written(unknown(identity, now), profile, *login, now),
            })
        }
        Word::Deletion(at) => {
            let verdict = row.as_ref().map_or(Verdict::Write, |row| deletion_verdict(row, *at));
            if verdict != Verdict::Write {
                return row;
            }
            let created_at = row.as_ref().map_or(now, |row| row.created_at);
            let tombstone = Some(Tombstone { identity_deleted_at: *at, erased: false, expires_at: None });
            Some(User { tombstone, created_at, ..unknown(identity, now) })
        }
    }
}

fn written(row: User, profile: &Profile, login: bool, now: Timestamp) -> User {
    User {
        facts: profile.facts().clone(),
        profile_version: Some(profile.version()),
        provider_created_at: Some(profile.created_at()),
        last_active_at: if login { Some(now) } else { row.last_active_at },
        patched: false,
        ..row
    }
}

fn unknown(identity: &Identity, now: Timestamp) -> User {
    User {
        identity: identity.clone(),
        facts: Facts::default(),
        profile_version: None,
        provider_created_at: None,
        created_at: now,
        last_active_at: None,
        tombstone: None,
        lives_since: None,
        patched: false,
        public_keys: BTreeMap::new(),
        stripe_customer_id: None,
    }
}
