//! What the table knows, small enough for a million users: 32 bytes for each, found by their id's own bits.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use futures_util::stream::{StreamExt, TryStreamExt, select_all};

use crate::clock::Timestamp;
use crate::domain::{Facts, Identity, Profile, Provider, User, UserId};
use crate::store::{Segment, StoreError, Users};

/// How many parts of the table are read side by side.
const SEGMENTS: i32 = 4;

/// All rows of a realm, as one scan saw them.
pub struct Known {
    rows: Vec<Row>,
    /// Users of the provider of whom there was no row, so that a repeated page asks once.
    unknown: HashSet<u128>,
    /// Keyed anew in each run, so that nobody can choose facts that look like others.
    digests: RandomState,
}

/// One row: 16 bytes of its id, 8 of its facts' digest, and the rest.
#[derive(Clone, Copy)]
struct Row {
    id: u128,
    digest: u64,
    id_end: u8,
    living: bool,
    named: bool,
    linked: bool,
}

impl Known {
    /// Reads the realm's rows, eventually consistent: whatever seems to differ is read again before it counts.
    pub async fn scan(users: &Users, provider: &Provider) -> Result<Self, StoreError> {
        let mut known = Self::default();
        let segments = (0..SEGMENTS).map(|number| users.scan(provider, Segment { number, of: SEGMENTS }).boxed());
        let mut pages = select_all(segments);
        while let Some(page) = pages.try_next().await? {
            for row in &page {
                known.learn(row);
            }
        }
        known.rows.sort_unstable_by_key(|row| row.id);
        Ok(known)
    }

    /// The rows of these users, for benchmarks and tests of the join alone.
    pub fn of<'a>(users: impl IntoIterator<Item = &'a User>) -> Self {
        let mut known = Self::default();
        users.into_iter().for_each(|row| known.learn(row));
        known.rows.sort_unstable_by_key(|row| row.id);
        known
    }

    fn learn(&mut self, row: &User) {
        let Some((id, id_end)) = row.identity.user_id().bits() else { return };
        let digest = self.digest(&row.facts, row.provider_created_at);
        self.rows.push(Row { id, digest, id_end, living: row.is_living(), named: false, linked: false });
    }

    fn digest(&self, facts: &Facts, created_at: Option<Timestamp>) -> u64 {
        self.digests.hash_one((facts, created_at))
    }

    /// Notes that the provider names this user, and says whether the row has to be looked at.
    pub fn differs(&mut self, identity: &Identity, profile: &Profile) -> bool {
        let Some((id, _)) = identity.user_id().bits() else { return false };
        let digest = self.digest(profile.facts(), Some(profile.created_at()));
        match self.row(id) {
            None => self.unknown.insert(id),
            Some(row) if row.named => false,
            Some(row) => {
                row.named = true;
                !row.living || row.digest != digest
            }
        }
    }

    /// Notes that the provider names this user, of whom nothing can be compared.
    pub fn name(&mut self, identity: &Identity) {
        if let Some(row) = identity.user_id().bits().and_then(|(id, _)| self.row(id)) {
            row.named = true;
        }
    }

    /// Notes that another user's identities name this one.
    pub fn link(&mut self, identity: &Identity) {
        if let Some(row) = identity.user_id().bits().and_then(|(id, _)| self.row(id)) {
            row.linked = true;
        }
    }

    fn row(&mut self, id: u128) -> Option<&mut Row> {
        let at = self.rows.binary_search_by_key(&id, |row| row.id).ok()?;
        self.rows.get_mut(at)
    }

    /// The living rows that nobody named.
    pub fn unnamed(&self) -> impl Iterator<Item = UserId> {
        let unnamed = self.rows.iter().filter(|row| row.living && !row.named && !row.linked);
        unnamed.map(|row| UserId::from_bits((row.id, row.id_end)))
    }

    /// How many tombstones stand for an identity that belongs to another user by now.
    pub fn linked_tombstones(&self) -> u64 {
        self.rows.iter().map(|row| u64::from(!row.living && !row.named && row.linked)).sum()
    }
}

impl Default for Known {
    fn default() -> Self {
        Self { rows: Vec::new(), unknown: HashSet::new(), digests: RandomState::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_at_most_48_bytes() {
        assert!(size_of::<Row>() <= 48);
    }
}
