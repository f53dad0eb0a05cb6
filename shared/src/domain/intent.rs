//! The intent to make a Stripe customer: kept before Stripe is asked, so that every repeat asks the very same.

use std::time::Duration;

use super::identity::UserId;
use crate::clock::Timestamp;

/// For how long Stripe certainly remembers an idempotency key, less an hour for whatever takes its time.
const KEPT: Duration = Duration::from_secs(23 * 3600);

/// One attempt to make a customer for one life of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Which life: when it was first seen here.
    pub life: Timestamp,
    /// The how-manieth, from 1.
    pub attempt: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// The idempotency key under which Stripe is asked.
    pub key: String,
}

/// What becomes of an intent that stands already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentVerdict {
    /// Stripe is asked under its key, once more perhaps.
    Join,
    /// Stripe may have forgotten the key: a listing tells what came of it, and then another attempt may begin.
    LookFirst,
    /// It was for an earlier life: another attempt begins.
    Replace,
}

impl Intent {
    /// The first attempt of a life, or the one after `before`.
    pub fn next(user: &UserId, life: Timestamp, environment: &str, before: Option<&Self>, now: Timestamp) -> Self {
        let attempt = before.map_or(1, |before| before.attempt.saturating_add(1));
        let key = format!("cust-create:{environment}:{user}:{attempt}:{}", now.millis());
        Self { life, attempt, began_at: now, key }
    }

    /// What becomes of it when somebody of this life wants a customer at `now`.
    pub fn verdict(&self, life: Timestamp, now: Timestamp) -> IntentVerdict {
        if self.life != life {
            IntentVerdict::Replace
        } else if now.since(self.began_at) >= KEPT {
            IntentVerdict::LookFirst
        } else {
            IntentVerdict::Join
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::domain::{Identity, Provider};

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * 3_600_000).unwrap()
    }

    #[test]
    fn an_intent_is_joined_for_23_hours_then_looked_after_and_of_another_life_replaced() {
        let user = Identity::new(Provider::auth0(), "auth0|test123").unwrap().user_id();
        let intent = Intent::next(&user, at(1), "test", None, at(2));
        assert_eq!(intent.key, "cust-create:test:usr_tlrofji4bfbyd37m4eyy3a6ius:1:7200000");
        assert_eq!(intent.verdict(at(1), at(2)), IntentVerdict::Join);
        assert_eq!(intent.verdict(at(1), at(24)), IntentVerdict::Join);
        assert_eq!(intent.verdict(at(1), at(25)), IntentVerdict::LookFirst);
        assert_eq!(intent.verdict(at(3), at(4)), IntentVerdict::Replace);
        let second = Intent::next(&user, at(1), "test", Some(&intent), at(2));
        assert_eq!((second.attempt, second.key == intent.key), (2, false));
    }
}
