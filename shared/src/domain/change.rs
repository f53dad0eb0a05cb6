//! What a write did to a user, told from the row before it and the row after it.

use std::collections::BTreeSet;

use super::facts::Fact;
use super::identity::{Provider, UserId};
use super::public_key::PublicKey;
use super::user::User;
use crate::clock::Timestamp;

/// What can happen to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Happening {
    /// A user is seen for the first time.
    Created,
    /// Facts differ.
    Updated,
    /// A life has ended, or an operator erased what was left of one.
    Deleted,
    /// The subject was given to a new life.
    Reborn,
    /// A deletion was taken back: the person lives.
    Lifted,
    /// A public key became theirs.
    KeyLinked,
    /// A public key is theirs no longer.
    KeyUnlinked,
    /// A Stripe customer became theirs.
    CustomerLinked,
    /// A Stripe customer is theirs no longer.
    CustomerUnlinked,
}

impl Happening {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Updated,
        Self::Deleted,
        Self::Reborn,
        Self::Lifted,
        Self::KeyLinked,
        Self::KeyUnlinked,
        Self::CustomerLinked,
        Self::CustomerUnlinked,
    ];

    /// Its name, in the audit trail and on the bus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "user.created",
            Self::Updated => "user.updated",
            Self::Deleted => "user.deleted",
            Self::Reborn => "user.reborn",
            Self::Lifted => "user.lifted",
            Self::KeyLinked => "key.linked",
            Self::KeyUnlinked => "key.unlinked",
            Self::CustomerLinked => "customer.linked",
            Self::CustomerUnlinked => "customer.unlinked",
        }
    }

    /// The happening of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// One thing that happened to a user. It names fields, and no value of any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub what: Happening,
    /// The fields that differ, as documents spell them; none where a key or a customer is meant.
    pub fields: Vec<String>,
    /// The key, as wallets spell it, or the customer.
    pub about: Option<String>,
}

/// Where a record of the stream stands, in digits that are as wide as the widest: so they sort as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SequenceNumber(String);

impl SequenceNumber {
    const WIDTH: usize = 40;

    /// From the stream's own spelling, 1 to 40 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = (1..=Self::WIDTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| Self(format!("{text:0>width$}", width = Self::WIDTH)))
    }

    /// The 40 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// All that one write did to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Whom.
    pub user_id: UserId,
    /// The realm of their identity.
    pub provider: Provider,
    /// Which write.
    pub sequence_number: SequenceNumber,
    /// When.
    pub at: Timestamp,
    /// Who wrote.
    pub changed_by: String,
    /// What, in order; never nothing.
    pub changes: Vec<Change>,
}

/// What a write did that found `before` and left `after`, in order: what ended, the user, what began.
///
/// A tombstone names what it had claimed and has it no more. Activity, the order of profiles and when a tombstone may
/// go are no changes.
pub fn changes(before: Option<&User>, after: Option<&User>) -> Vec<Change> {
    // Nothing passes from one life to the next, a key that both had neither: it ended, and was linked anew.
    let same_life = before.zip(after).is_some_and(|(before, after)| before.created_at == after.created_at);
    let (had, has) = (claims(before), claims(after));
    let stays = |about: &(Kind, String)| same_life && had.contains(about) && has.contains(about);
    let ended = had.iter().filter(|about| !stays(about)).map(|(kind, about)| of_claim(kind.ended(), about));
    let begun = has.iter().filter(|about| !stays(about)).map(|(kind, about)| of_claim(kind.begun(), about));
    ended.chain(of_user(before, after, same_life)).chain(begun).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Key,
    Customer,
}

impl Kind {
    fn begun(self) -> Happening {
        if self == Self::Key { Happening::KeyLinked } else { Happening::CustomerLinked }
    }

    fn ended(self) -> Happening {
        if self == Self::Key { Happening::KeyUnlinked } else { Happening::CustomerUnlinked }
    }
}

/// What a living user has.
fn claims(row: Option<&User>) -> BTreeSet<(Kind, String)> {
    let Some(row) = row.filter(|row| row.is_living()) else { return BTreeSet::new() };
    let keys = row.public_keys.keys().map(|key| (Kind::Key, spelled(key)));
    keys.chain(row.stripe_customer_id.iter().map(|customer| (Kind::Customer, customer.clone()))).collect()
}

/// A key as wallets spell it. What is no key of ours is told as it stands.
fn spelled(canonical: &str) -> String {
    PublicKey::from_canonical(canonical).map_or_else(|| canonical.to_owned(), |key| key.to_string())
}

fn of_claim(what: Happening, about: &str) -> Change {
    Change { what, fields: Vec::new(), about: Some(about.to_owned()) }
}

/// What happened to the user, if anything did.
fn of_user(before: Option<&User>, after: Option<&User>, same_life: bool) -> Option<Change> {
    let fields = fields(before, after);
    let lives = |row: Option<&User>| row.is_some_and(User::is_living);
    let what = match (before, after) {
        (None, Some(after)) if after.is_living() => Happening::Created,
        (Some(_), Some(after)) if lives(before) && after.is_living() => match (same_life, fields.is_empty()) {
            (false, _) => Happening::Reborn,
            (true, false) => Happening::Updated,
            (true, true) => return None,
        },
        (Some(_), Some(after)) if after.is_living() => {
            if after.lives_since.is_some() {
                Happening::Lifted
            } else {
                Happening::Reborn
            }
        }
        // A tombstone may be of somebody who was never seen here.
        (None, Some(_)) => Happening::Deleted,
        (Some(_), _) if lives(before) => Happening::Deleted,
        (Some(_), Some(_)) if !fields.is_empty() => Happening::Deleted,
        // A tombstone that goes was deleted long ago.
        _ => return None,
    };
    Some(Change { what, fields, about: None })
}

/// The names of the fields that differ. That somebody was erased is one, for whoever must follow.
fn fields(before: Option<&User>, after: Option<&User>) -> Vec<String> {
    fn text(row: Option<&User>, fact: Fact) -> Option<&str> {
        row.and_then(|row| row.facts.text(fact))
    }
    let erased = |row: Option<&User>| row.and_then(|row| row.tombstone).is_some_and(|end| end.erased);
    let facts = Fact::ALL.into_iter().filter(|fact| text(before, *fact) != text(after, *fact)).map(Fact::field);
    facts.chain((erased(after) && !erased(before)).then_some("erased")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
