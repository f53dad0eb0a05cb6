//! Challenges: one item a user in `Claims`, with all that are open or were used within their time.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::claims::{Claims, Nobody};
use super::error::StoreError;
use super::item::{Item, millis, text};
use super::rounds::Rounds;
use super::statement::{Expressions, Statement, ms, s};
use super::transaction;
use crate::clock::Timestamp;
use crate::domain::{Challenge, Nonce, PublicKey, UserId};

/// How many are remembered at once, used ones among them: what the item of a user can hold is bounded.
const MOST_REMEMBERED: usize = 50;

/// How a wish for a challenge ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChallengeOutcome {
    /// Here it is.
    Opened(Challenge),
    /// The user has [`Challenge::MOST_OPEN`] open ones, or has used very many within ten minutes.
    TooMany,
    /// There is no such user.
    NoUser,
    /// The user is deleted.
    UserGone,
}

/// A challenge as the item has it.
struct Entry {
    challenge: Challenge,
    used_at: Option<Timestamp>,
}

impl Claims {
    /// Opens a challenge for a living user and a key. `nonce` is drawn at random for it.
    pub async fn open_challenge(
        &self,
        user_id: &UserId,
        public_key: &PublicKey,
        nonce: Nonce,
        now: Timestamp,
    ) -> Result<ChallengeOutcome, StoreError> {
        let life = match self.living(user_id, &mut None).await? {
            Ok(living) => living.row.created_at,
            Err(Nobody::NoUser) => return Ok(ChallengeOutcome::NoUser),
            Err(Nobody::UserGone) => return Ok(ChallengeOutcome::UserGone),
        };
        let (user_id, public_key) = (user_id.clone(), *public_key);
        let challenge = Challenge { user_id, life, public_key, nonce, issued_at: now };
        let mut rounds = Rounds::default();
        while rounds.another().await {
            let item = self.challenges_of(&challenge.user_id).await?;
            let known = entries(&challenge.user_id, &item);
            // A reply can be lost after the write: then it is there already.
            if known.iter().any(|entry| entry.challenge == challenge) {
                return Ok(ChallengeOutcome::Opened(challenge));
            }
            // What another life was asked can no longer be answered either.
            let counts = |entry: &Entry| !entry.challenge.has_expired(now) && entry.challenge.life == life;
            let mut known: Vec<Entry> = known.into_iter().filter(counts).collect();
            let open = known.iter().filter(|entry| entry.used_at.is_none()).count();
            if open >= Challenge::MOST_OPEN || known.len() >= MOST_REMEMBERED {
                return Ok(ChallengeOutcome::TooMany);
            }
            known.push(Entry { challenge: challenge.clone(), used_at: None });
            if self.write_challenges(&challenge, &known, &item).await? {
                return Ok(ChallengeOutcome::Opened(challenge));
            }
        }
        Err(StoreError::contended("UpdateItem"))
    }

    /// A challenge of this user, used or not, unless it is forgotten. Another user's is as good as none.
    pub async fn challenge(&self, user_id: &UserId, nonce: &Nonce) -> Result<Option<Challenge>, StoreError> {
        let item = self.challenges_of(user_id).await?;
        let mut known = entries(user_id, &item).into_iter().map(|entry| entry.challenge);
        Ok(known.find(|challenge| challenge.nonce == *nonce))
    }

    /// Uses a challenge up whose key is linked already. That it was used before, or is forgotten, is as good.
    pub(super) async fn spend(&self, challenge: &Challenge, now: Timestamp) -> Result<(), StoreError> {
        self.update_challenges(&challenge.user_id, use_up(challenge, now)).await.map(drop)
    }

    async fn challenges_of(&self, user_id: &UserId) -> Result<Item, StoreError> {
        let key = s(name(user_id));
        let request = self.client.get_item().table_name(&self.table).key("claim", key).consistent_read(true);
        let answer = request.send().await.map_err(|error| StoreError::unavailable("GetItem", &error))?;
        Ok(answer.item.unwrap_or_default())
    }

    /// Writes all of them in place of those that were met; `false` if they are others by now.
    async fn write_challenges(&self, newest: &Challenge, known: &[Entry], met: &Item) -> Result<bool, StoreError> {
        let map = known.iter().map(|entry| (entry.challenge.nonce.to_string(), told(entry))).collect();
        // TTL may act as soon as nothing of it counts: a second later, for seconds are cut.
        let expires_at = AttributeValue::N((newest.expires_at().seconds() + 1).to_string());
        let statement = Statement::default()
            .set("user_id", s(newest.user_id.as_str()))
            .set("challenges", AttributeValue::M(map))
            .set("expires_at", expires_at)
            .given_still(met, &["challenges"]);
        self.update_challenges(&newest.user_id, statement.expressions()).await
    }

    async fn update_challenges(&self, user_id: &UserId, update: Expressions) -> Result<bool, StoreError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("claim", s(name(user_id)))
            .update_expression(update.update)
            .condition_expression(update.condition)
            .set_expression_attribute_names(update.names)
            .set_expression_attribute_values(Some(update.values));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(StoreError::unavailable("UpdateItem", &error)),
            },
        }
    }

    /// The same update as a part of a transaction.
    pub(super) fn update_of_challenges(
        &self,
        user_id: &UserId,
        update: Expressions,
    ) -> Result<TransactWriteItem, StoreError> {
        transaction::update(&self.table, "claim", &name(user_id), update)
    }
}

/// The use of a challenge, which is there and was not used before.
pub(super) fn use_up(challenge: &Challenge, now: Timestamp) -> Expressions {
    Expressions {
        update: "SET challenges.#nonce.used_at = :used_at".to_owned(),
        condition: "attribute_exists(challenges.#nonce) AND attribute_not_exists(challenges.#nonce.used_at)".to_owned(),
        names: Some(HashMap::from([("#nonce".to_owned(), challenge.nonce.to_string())])),
        values: HashMap::from([(":used_at".to_owned(), ms(now))]),
    }
}

/// The item of a user's challenges. No claim is named so, for each of those begins with its kind.
fn name(user_id: &UserId) -> String {
    format!("challenges#{user_id}")
}

fn told(Entry { challenge, used_at }: &Entry) -> AttributeValue {
    let told = [
        ("public_key", s(challenge.public_key.canonical())),
        ("life", ms(challenge.life)),
        ("issued_at", ms(challenge.issued_at)),
    ];
    let told = told.into_iter().chain(used_at.map(|at| ("used_at", ms(at))));
    AttributeValue::M(told.map(|(attribute, value)| (attribute.to_owned(), value)).collect())
}

/// The challenges of an item. One that cannot be read cannot be answered either.
fn entries(user_id: &UserId, item: &Item) -> Vec<Entry> {
    let map = item.get("challenges").and_then(|map| map.as_m().ok());
    let read = |(nonce, entry): (&String, &AttributeValue)| {
        let entry = entry.as_m().ok()?;
        let time = |attribute: &str| entry.get(attribute).and_then(millis);
        let challenge = Challenge {
            user_id: user_id.clone(),
            life: time("life")?,
            public_key: PublicKey::from_canonical(text(entry, "public_key")?)?,
            nonce: nonce.parse().ok()?,
            issued_at: time("issued_at")?,
        };
        Some(Entry { challenge, used_at: time("used_at") })
    };
    map.into_iter().flatten().filter_map(read).collect()
}
