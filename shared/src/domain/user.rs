//! A row of the table, as the rules see it.

use std::collections::BTreeMap;

use super::claim::{customer_claim, key_claim};
use super::facts::Facts;
use super::identity::Identity;
use super::profile::ProfileVersion;
use super::public_key::PublicKey;
use crate::clock::Timestamp;

/// One user's row: the person of an identity, or the tombstone of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Whom the row stands for.
    pub identity: Identity,
    /// The facts; none in a tombstone.
    pub facts: Facts,
    /// The profile that the facts come from, once a whole one was seen.
    pub profile_version: Option<ProfileVersion>,
    /// When the provider says that this life began.
    pub provider_created_at: Option<Timestamp>,
    /// When this life was first seen here.
    pub created_at: Timestamp,
    /// The last login.
    pub last_active_at: Option<Timestamp>,
    /// The end of the life.
    pub tombstone: Option<Tombstone>,
    /// When it was proved that the identity lives, after a tombstone was lifted.
    pub lives_since: Option<Timestamp>,
    /// Whether a patch lies over the last profile.
    pub patched: bool,
    /// The keys it claims, or had claimed: canonical key to the time of linking.
    pub public_keys: BTreeMap<String, Timestamp>,
    /// The Stripe customer it claims, or had claimed.
    pub stripe_customer_id: Option<String>,
}

/// A key, and since when it is its user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkedKey {
    /// The key.
    pub key: PublicKey,
    /// When it was linked.
    pub linked_at: Timestamp,
}

/// How a life ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// By the provider's clock.
    pub identity_deleted_at: Timestamp,
    /// Whether an operator erased it: then no proof lifts it.
    pub erased: bool,
    /// When the row may go.
    pub expires_at: Option<Timestamp>,
}

impl User {
    /// Whether the row is no tombstone.
    pub fn is_living(&self) -> bool {
        self.tombstone.is_none()
    }

    /// Whether it claims, or had claimed, a key or a customer.
    pub fn has_claims(&self) -> bool {
        !self.public_keys.is_empty() || self.stripe_customer_id.is_some()
    }

    /// The names of what it claims, as the keys of `Claims`.
    pub fn claims(&self) -> impl Iterator<Item = String> {
        let keys = self.public_keys.keys().map(|key| key_claim(key));
        keys.chain(self.stripe_customer_id.iter().map(|customer| customer_claim(customer)))
    }

    /// The keys it claims, or had claimed, the latest linked first; of several at one moment, in the order of their names.
    pub fn linked_keys(&self) -> Vec<LinkedKey> {
        let read = |(name, at): (&String, &Timestamp)| {
            Some(LinkedKey { key: PublicKey::from_canonical(name)?, linked_at: *at })
        };
        let mut keys: Vec<LinkedKey> = self.public_keys.iter().filter_map(read).collect();
        keys.sort_by_key(|linked| std::cmp::Reverse(linked.linked_at));
        keys
    }
}
