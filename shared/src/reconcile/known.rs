//! What the table knows, small enough for a million users: 32 bytes for each, found by their id's own bits.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use crate::clock::Timestamp;
use crate::domain::{Facts, Identity, Profile, User, UserId};

/// All rows of a realm, as one scan saw them.
pub struct Known {
    rows: Vec<Row>,
    /// Users of the provider of whom there was no row, so that a repeated page counts nobody twice.
    unknown: HashSet<u128>,
    /// Of the few tombstones that another user's identities name: whose.
    linked_tombstones: HashMap<u128, UserId>,
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

impl Row {
    fn user_id(&self) -> UserId {
        UserId::from_bits((self.id, self.id_end))
    }
}

/// What a listed user is to the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Whether the listing had not named them before.
    pub first: bool,
    /// Whether the row has to be looked at.
    pub differs: bool,
}

/// How many living rows there are, and how many of them were named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Living {
    /// All of them.
    pub all: u64,
    /// Those that the listing named.
    pub named: u64,
}

impl Known {
    /// Room for so many rows, at once.
    pub fn with_capacity(rows: usize) -> Self {
        let mut known = Self {
            rows: Vec::new(),
            unknown: HashSet::new(),
            linked_tombstones: HashMap::new(),
            digests: RandomState::new(),
        };
        // Only a guess: where there is no such room, the rows themselves will tell.
        let _ = known.rows.try_reserve_exact(rows);
        known
    }

    /// The rows of these users, for benchmarks and tests of the join alone.
    pub fn of<'a>(users: impl IntoIterator<Item = &'a User>) -> Self {
        let mut known = Self::with_capacity(0);
        users.into_iter().for_each(|row| known.learn(row));
        known.settle();
        known
    }

    /// Takes a row of the scan.
    pub fn learn(&mut self, row: &User) {
        let Some((id, id_end)) = row.identity.user_id().bits() else { return };
        let digest = self.digest(&row.facts, row.provider_created_at);
        self.rows.push(Row { id, digest, id_end, living: row.is_living(), named: false, linked: false });
    }

    /// Ends the scan: from here on rows are found.
    pub fn settle(&mut self) {
        self.rows.sort_unstable_by_key(|row| row.id);
    }

    fn digest(&self, facts: &Facts, created_at: Option<Timestamp>) -> u64 {
        self.digests.hash_one((facts, created_at))
    }

    /// Notes that the provider names this user, and says whether the row has to be looked at.
    ///
    /// Somebody who is named again is compared again: of two versions in one listing, either may be the newer one.
    pub fn compare(&mut self, identity: &Identity, profile: &Profile) -> Compared {
        let Some((id, _)) = identity.user_id().bits() else { return Compared { first: true, differs: false } };
        let digest = self.digest(profile.facts(), Some(profile.created_at()));
        match self.row(id) {
            None => Compared { first: self.unknown.insert(id), differs: true },
            Some(row) => {
                let first = !row.named;
                row.named = true;
                Compared { first, differs: !row.living || row.digest != digest }
            }
        }
    }

    /// Notes that the provider names this user, of whom nothing can be compared.
    pub fn name(&mut self, identity: &Identity) {
        if let Some(row) = identity.user_id().bits().and_then(|(id, _)| self.row(id)) {
            row.named = true;
        }
    }

    /// Notes that the identities of `by` name this one.
    pub fn link(&mut self, identity: &Identity, by: &Identity) {
        let Some((id, _)) = identity.user_id().bits() else { return };
        let Some(row) = self.row(id) else { return };
        row.linked = true;
        if !row.living {
            self.linked_tombstones.insert(id, by.user_id());
        }
    }

    /// Whether there is a row of this user, a tombstone or not.
    pub fn knows(&self, identity: &Identity) -> bool {
        let bits = identity.user_id().bits();
        bits.is_some_and(|(id, _)| self.rows.binary_search_by_key(&id, |row| row.id).is_ok())
    }

    fn row(&mut self, id: u128) -> Option<&mut Row> {
        let at = self.rows.binary_search_by_key(&id, |row| row.id).ok()?;
        self.rows.get_mut(at)
    }

    /// The living rows that nobody named.
    pub fn unnamed(&self) -> impl Iterator<Item = UserId> {
        let unnamed = self.rows.iter().filter(|row| row.living && !row.named && !row.linked);
        unnamed.map(Row::user_id)
    }

    /// The tombstones of identities that belong to another user by now, each with that user.
    pub fn linked_tombstones(&self) -> impl Iterator<Item = (UserId, &UserId)> {
        let linked = self.rows.iter().filter(|row| !row.living && !row.named && row.linked);
        linked.filter_map(|row| Some((row.user_id(), self.linked_tombstones.get(&row.id)?)))
    }

    /// The living rows, and those of them whom the listing named.
    pub fn living(&self) -> Living {
        let living = self.rows.iter().filter(|row| row.living);
        living.fold(Living::default(), |count, row| Living {
            all: count.all + 1,
            named: count.named + u64::from(row.named || row.linked),
        })
    }

    /// Living rows from a place between 0 and 1 on and around, those that were named or those that were not (yet).
    pub fn living_from(&self, place: f64, named: bool) -> impl Iterator<Item = UserId> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list, anywhere"
        )]
        let start = (self.rows.len() as f64 * place.clamp(0.0, 1.0)) as usize;
        let (before, after) = self.rows.split_at(start.min(self.rows.len()));
        let around = after.iter().chain(before);
        around.filter(move |row| row.living && row.named == named).map(Row::user_id)
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
