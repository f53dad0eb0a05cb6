//! A row as DynamoDB holds it, read into the domain.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Identity, Provider, Tombstone, User};

/// An item's attributes.
pub(super) type Item = HashMap<String, AttributeValue>;

/// A text attribute.
pub(super) fn text<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}

/// A time in ms.
pub(super) fn time(item: &Item, attribute: &str) -> Option<Timestamp> {
    millis(item.get(attribute)?)
}

fn millis(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::from_millis(value.as_n().ok()?.parse().ok()?)
}

fn is_true(item: &Item, attribute: &str) -> bool {
    item.get(attribute).is_some_and(|value| value.as_bool() == Ok(&true))
}

/// Reads a row of `Users`. `None` is an image of a row that is not there: some engines send its key alone.
pub(super) fn user(item: &Item) -> Result<Option<User>, StoreError> {
    if !item.contains_key("auth_subject") {
        return Ok(None);
    }
    let corrupt = |attribute| StoreError::Corrupt { key: text(item, "user_id").unwrap_or("?").to_owned(), attribute };
    let provider = text(item, "auth_provider").and_then(|name| Provider::named(name).ok());
    let identity = provider
        .zip(text(item, "auth_subject"))
        .and_then(|(provider, subject)| Identity::new(provider, subject).ok())
        .ok_or_else(|| corrupt("auth_subject"))?;
    let profile_version = match text(item, "profile_version") {
        Some(digits) => Some(digits.parse().map_err(|_| corrupt("profile_version"))?),
        None => None,
    };
    let tombstone = time(item, "identity_deleted_at")
        .map(|identity_deleted_at| Tombstone { identity_deleted_at, erased: is_true(item, "erased") });
    Ok(Some(User {
        identity,
        facts: facts(item),
        // A first login's patch is marked too, for it cannot know whether a profile is there: the mark counts over one only.
        patched: profile_version.is_some() && is_true(item, "patched"),
        profile_version,
        provider_created_at: time(item, "provider_created_at"),
        created_at: time(item, "created_at").ok_or_else(|| corrupt("created_at"))?,
        last_active_at: time(item, "last_active_at"),
        tombstone,
        lives_since: time(item, "lives_since"),
        public_keys: public_keys(item),
        stripe_customer_id: text(item, "stripe_customer_id").map(str::to_owned),
    }))
}

fn facts(item: &Item) -> Facts {
    Fact::ALL.into_iter().fold(Facts::default(), |mut facts, fact| {
        facts.tell(fact, text(item, fact.attribute()).map(str::to_owned));
        facts
    })
}

fn public_keys(item: &Item) -> BTreeMap<String, Timestamp> {
    let Some(Ok(keys)) = item.get("public_keys").map(AttributeValue::as_m) else { return BTreeMap::new() };
    let linked_at = |value: &AttributeValue| value.as_m().ok()?.get("linked_at").and_then(millis);
    keys.iter().map(|(key, value)| (key.clone(), linked_at(value).unwrap_or(Timestamp::ZERO))).collect()
}
