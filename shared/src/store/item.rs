//! A row as DynamoDB holds it, read into the domain.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Identity, Provider, Tombstone, User, UserId};

/// An item's attributes.
pub(super) type Item = HashMap<String, AttributeValue>;

/// A text attribute.
pub(super) fn text<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}

/// Reads the attributes of one row. What is absent is `None`; what is there and unreadable is a corrupt row, for a
/// condition that meets it could neither hold nor be told apart from a race.
struct Row<'a>(&'a Item);

impl<'a> Row<'a> {
    fn corrupt(&self, attribute: &'static str) -> StoreError {
        // What is no id of ours may be anything, and errors are logged.
        let key = text(self.0, "user_id").and_then(UserId::parse);
        StoreError::Corrupt { key: key.map_or_else(|| "?".to_owned(), |id| id.to_string()), attribute }
    }

    fn read<T>(
        &self,
        attribute: &'static str,
        read: impl Fn(&'a AttributeValue) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let value = self.0.get(attribute);
        value.map(|value| read(value).ok_or_else(|| self.corrupt(attribute))).transpose()
    }

    /// A time in ms.
    fn time(&self, attribute: &'static str) -> Result<Option<Timestamp>, StoreError> {
        self.read(attribute, millis)
    }

    fn flag(&self, attribute: &'static str) -> Result<bool, StoreError> {
        Ok(self.read(attribute, |value| value.as_bool().ok().copied())?.unwrap_or(false))
    }

    fn identity(&self) -> Result<Identity, StoreError> {
        let provider = self.read("auth_provider", |value| Provider::named(value.as_s().ok()?).ok())?;
        let provider = provider.ok_or_else(|| self.corrupt("auth_provider"))?;
        let identity = self.read("auth_subject", |value| Identity::new(provider.clone(), value.as_s().ok()?).ok())?;
        identity.ok_or_else(|| self.corrupt("auth_subject"))
    }
}

/// A time that is stored in ms.
pub(super) fn millis(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::from_millis(value.as_n().ok()?.parse().ok()?)
}

/// A time that is stored in seconds, as TTL wants it.
pub(super) fn seconds(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::from_millis(value.as_n().ok()?.parse::<i64>().ok()?.checked_mul(1000)?)
}

/// Reads a row of `Users`. `None` is an image of a row that is not there: some engines send its key alone.
pub(super) fn user(item: &Item) -> Result<Option<User>, StoreError> {
    if item.keys().all(|attribute| attribute == "user_id") {
        return Ok(None);
    }
    let row = Row(item);
    let profile_version = row.read("profile_version", |value| value.as_s().ok()?.parse().ok())?;
    let erased = row.flag("erased")?;
    let patched = row.flag("patched")?;
    let expires_at = row.read("expires_at", seconds)?;
    Ok(Some(User {
        identity: row.identity()?,
        facts: facts(item),
        // A first login's patch is marked too, for it cannot know whether a profile is there: the mark counts over one only.
        patched: profile_version.is_some() && patched,
        profile_version,
        provider_created_at: row.time("provider_created_at")?,
        created_at: row.time("created_at")?.ok_or_else(|| row.corrupt("created_at"))?,
        last_active_at: row.time("last_active_at")?,
        tombstone: row.time("identity_deleted_at")?.map(|identity_deleted_at| Tombstone {
            identity_deleted_at,
            erased,
            expires_at,
        }),
        lives_since: row.time("lives_since")?,
        public_keys: row.read("public_keys", public_keys)?.unwrap_or_default(),
        stripe_customer_id: row.read("stripe_customer_id", |value| value.as_s().ok().cloned())?,
    }))
}

fn facts(item: &Item) -> Facts {
    Fact::ALL.into_iter().fold(Facts::default(), |mut facts, fact| {
        facts.tell(fact, text(item, fact.attribute()).map(str::to_owned));
        facts
    })
}

fn public_keys(value: &AttributeValue) -> Option<BTreeMap<String, Timestamp>> {
    let linked_at = |value: &AttributeValue| value.as_m().ok()?.get("linked_at").and_then(millis);
    let keys = value.as_m().ok()?;
    // What a key is for is its name: a lost time of linking must not keep its owner from being deleted.
    Some(keys.iter().map(|(key, value)| (key.clone(), linked_at(value).unwrap_or(Timestamp::ZERO))).collect())
}
