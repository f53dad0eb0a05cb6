//! What becomes of a wish to link or unlink, and how it ended. `store::claims` says the same to the database.

use std::collections::BTreeMap;

use super::public_key::PublicKey;
use crate::clock::Timestamp;

/// How many keys a user can have.
pub const MOST_KEYS: usize = 20;

/// How a wish to link a key ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkOutcome {
    /// The key is the user's now.
    Linked,
    /// It was already, and nothing had to be written.
    AlreadyLinked,
    /// This key is somebody else's, or was until less than 48 h ago.
    Taken(PublicKey),
    /// The user has [`MOST_KEYS`] others.
    TooMany,
    /// The challenge is used: it linked a key that was unlinked since, or it is remembered no more.
    Spent,
    /// There is no such user.
    NoUser,
    /// The user is deleted, or this life ended meanwhile.
    UserGone,
}

impl LinkOutcome {
    /// The word for it in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::AlreadyLinked => "already_linked",
            Self::Taken(_) => "taken",
            Self::TooMany => "too_many",
            Self::Spent => "spent",
            Self::NoUser => "no_user",
            Self::UserGone => "user_gone",
        }
    }
}

/// How a wish to unlink ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlinkOutcome {
    /// It is free now.
    Unlinked,
    /// The user did not have it.
    NotLinked,
    /// There is no such user.
    NoUser,
    /// The user is deleted, or this life ended meanwhile.
    UserGone,
}

impl UnlinkOutcome {
    /// The word for it in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unlinked => "unlinked",
            Self::NotLinked => "not_linked",
            Self::NoUser => "no_user",
            Self::UserGone => "user_gone",
        }
    }
}

/// How a wish to tie a Stripe customer to a user ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerOutcome {
    /// The customer is the user's now.
    Set,
    /// It was already, and nothing had to be written.
    AlreadySet,
    /// It is somebody else's, or was until less than 48 h ago.
    Taken,
    /// The user has another one than the wish named, or none where it named one.
    Differs,
    /// It fulfils an intent that is another one by now; only a wish with an intent ends so.
    Superseded,
    /// There is no such user.
    NoUser,
    /// The user is deleted, or this life ended meanwhile.
    UserGone,
}

impl CustomerOutcome {
    /// The word for it in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::AlreadySet => "already_set",
            Self::Taken => "taken",
            Self::Differs => "differs",
            Self::Superseded => "superseded",
            Self::NoUser => "no_user",
            Self::UserGone => "user_gone",
        }
    }
}

/// How the transfer of a claim ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferOutcome {
    /// It is the receiver's now.
    Transferred,
    /// It was already, and nothing had to be written.
    AlreadyTheirs,
    /// It is not the giver's, or it was and has run out.
    NotTheirs,
    /// The receiver has [`MOST_KEYS`] others.
    TooMany,
    /// The receiver has another customer.
    Differs,
    /// There is no such receiver.
    NoUser,
    /// The receiver is deleted, or that life ended meanwhile.
    UserGone,
}

impl TransferOutcome {
    /// The word for it in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transferred => "transferred",
            Self::AlreadyTheirs => "already_theirs",
            Self::NotTheirs => "not_theirs",
            Self::TooMany => "too_many",
            Self::Differs => "differs",
            Self::NoUser => "no_user",
            Self::UserGone => "user_gone",
        }
    }
}

/// What is wished of a user's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish<'a> {
    /// This key besides the others.
    With(&'a PublicKey),
    /// This key and no other.
    Only(&'a PublicKey),
    /// The others without this key.
    Without(&'a PublicKey),
    /// No key.
    Nothing,
}

impl<'a> Wish<'a> {
    /// The key that must be there afterwards.
    pub fn key(self) -> Option<&'a PublicKey> {
        match self {
            Self::With(key) | Self::Only(key) => Some(key),
            Self::Without(_) | Self::Nothing => None,
        }
    }
}

/// A user's keys: canonical key to the time of linking.
pub type Keys = BTreeMap<String, Timestamp>;

/// What becomes of a wish that meets a user's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeysVerdict {
    /// It is so already.
    Stands,
    /// It would be more than [`MOST_KEYS`].
    TooMany,
    /// These are written; the last are the keys that are no longer there.
    Write(Keys, Vec<String>),
}

/// What becomes of `wish` when it meets `keys`. A key that stays keeps its time of linking.
pub fn keys_verdict(keys: &Keys, wish: Wish<'_>, now: Timestamp) -> KeysVerdict {
    let mut wished = keys.clone();
    match wish {
        Wish::With(key) => {
            wished.entry(key.canonical()).or_insert(now);
        }
        Wish::Only(key) => {
            let name = key.canonical();
            wished.retain(|known, _| *known == name);
            wished.entry(name).or_insert(now);
        }
        Wish::Without(key) => {
            wished.remove(&key.canonical());
        }
        Wish::Nothing => wished.clear(),
    }
    if wished == *keys {
        KeysVerdict::Stands
    } else if wished.len() > MOST_KEYS && wished.len() > keys.len() {
        KeysVerdict::TooMany
    } else {
        let gone = keys.keys().filter(|key| !wished.contains_key(*key)).cloned().collect();
        KeysVerdict::Write(wished, gone)
    }
}

/// What becomes of a wish for a Stripe customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerVerdict {
    /// It is so already.
    Stands,
    /// Another one stands there than the wish named.
    Differs,
    /// It is written.
    Write,
}

/// What becomes of the wish for `wanted`, in place of `replaces` or of none, when it meets what stands there.
///
/// What stands there already is looked at first, so that the repeat of a replacement finds its own effect.
pub fn customer_verdict(standing: Option<&str>, wanted: &str, replaces: Option<&str>) -> CustomerVerdict {
    if standing == Some(wanted) {
        CustomerVerdict::Stands
    } else if standing == replaces {
        CustomerVerdict::Write
    } else {
        CustomerVerdict::Differs
    }
}

#[cfg(test)]
mod tests;
