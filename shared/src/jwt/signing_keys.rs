//! An issuer's keys as they are known now: read once for all who wait, kept while the issuer is away.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::DecodingKey;

use super::keys::KeySet;
use crate::clock::{Clock, Timestamp};
use crate::domain::Issuer;
use crate::provider::{Jwks, ProviderError};

/// Older than this, a set is read again beside the request that noticed: a revoked key must not count for ever.
const REFRESH_AFTER: Duration = Duration::from_secs(600);
/// Older than this, a set is read again before it answers: beside a request, a function that is frozen between two of
/// them may never come to the end of a reading. While the issuer is away, the old set goes on counting.
const REREAD_AFTER: Duration = Duration::from_secs(3600);
/// An unknown key has the set read again, but not more often than this: anybody can name a key. Nor is an issuer that
/// is away asked more often.
const RECHECK_AFTER: Duration = Duration::from_secs(60);

/// The keys of one issuer. Clones share them.
#[derive(Clone)]
pub(super) struct SigningKeys(Arc<Kept>);

struct Kept {
    jwks: Jwks,
    clock: Clock,
    memory: Mutex<Memory>,
    reading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Memory {
    set: Option<Arc<KeySet>>,
    /// When the set was read.
    read_at: Option<Timestamp>,
    /// When it was last asked for.
    asked_at: Option<Timestamp>,
    /// When it was last asked for because of an unknown key. What was read for another reason does not count: a key that
    /// is new just after that must not wait for a minute.
    rechecked_at: Option<Timestamp>,
    /// Why the last reading brought nothing.
    failed: Option<ProviderError>,
    /// How many readings have ended: whoever waited for one knows that it is over.
    readings: u64,
}

impl SigningKeys {
    /// Nothing is read yet.
    pub(super) fn of(provider: &'static str, issuer: &Issuer, clock: Clock) -> Result<Self, ProviderError> {
        let jwks = Jwks::of(provider, issuer, clock.clone())?;
        let (memory, reading) = (Mutex::default(), tokio::sync::Mutex::new(()));
        Ok(Self(Arc::new(Kept { jwks, clock, memory, reading })))
    }

    /// Reads the keys ahead of the first request.
    pub(super) async fn prime(&self) {
        if self.memory(|memory| memory.set.is_none()) {
            self.read().await;
        }
    }

    /// The key of this id; `None` when the issuer does not know it, an error when the issuer cannot be asked.
    pub(super) async fn key(&self, kid: &str) -> Result<Option<Arc<DecodingKey>>, ProviderError> {
        if let Some(key) = self.known(kid) {
            if !self.is_due(REREAD_AFTER, |memory| memory.read_at) {
                self.refresh_aside();
                return Ok(Some(key));
            }
            self.read_if(self.is_due(RECHECK_AFTER, |memory| memory.asked_at)).await;
            // The issuer's word if it gave one, else what was known before.
            return Ok(self.known(kid));
        }
        if !self.failed_meanwhile().await && self.known(kid).is_none() {
            self.read_if(self.memory(|memory| memory.set.is_none()) || self.takes_recheck()).await;
        }
        match (self.known(kid), self.memory(|memory| memory.failed)) {
            (None, Some(error)) => Err(error),
            (key, _) => Ok(key),
        }
    }

    fn known(&self, kid: &str) -> Option<Arc<DecodingKey>> {
        self.memory(|memory| memory.set.as_ref().and_then(|set| set.key(kid)))
    }

    /// Whether something was done at least so long ago, or never.
    fn is_due(&self, age: Duration, done_at: impl Fn(&Memory) -> Option<Timestamp>) -> bool {
        let now = self.0.clock.now();
        self.memory(|memory| done_at(memory).is_none_or(|done| now.since(done) >= age))
    }

    /// Whether the set may be read for an unknown key; who takes it, reads it.
    fn takes_recheck(&self) -> bool {
        let due = self.is_due(RECHECK_AFTER, |memory| memory.rechecked_at);
        if due {
            self.memory(|memory| memory.rechecked_at = Some(self.0.clock.now()));
        }
        due
    }

    fn refresh_aside(&self) {
        if self.is_due(REFRESH_AFTER, |memory| memory.asked_at) && self.0.reading.try_lock().is_ok() {
            let keys = self.clone();
            tokio::spawn(async move { keys.read().await });
        }
    }

    /// Waits for a reading that is under way, and says whether it failed. It may have been answered before a key was
    /// new, so that who needs that key must not take its result for the issuer's last word.
    async fn failed_meanwhile(&self) -> bool {
        let before = self.memory(|memory| memory.readings);
        drop(self.0.reading.lock().await);
        self.memory(|memory| memory.readings != before && memory.failed.is_some())
    }

    /// Reads the set if that is due, else waits for a reading that is under way, which may bring what is needed.
    async fn read_if(&self, due: bool) {
        if due {
            self.read().await;
        } else {
            drop(self.0.reading.lock().await);
        }
    }

    /// Reads the set; one reader at a time, and whoever waited for another's reading takes that.
    async fn read(&self) {
        let before = self.memory(|memory| memory.readings);
        let _alone = self.0.reading.lock().await;
        if self.memory(|memory| memory.readings != before) {
            return;
        }
        self.memory(|memory| memory.asked_at = Some(self.0.clock.now()));
        let read = self.fetch().await;
        self.memory(|memory| {
            memory.readings += 1;
            memory.failed = read.as_ref().err().copied();
            if let Ok(set) = read {
                memory.set = Some(Arc::new(set));
                memory.read_at = memory.asked_at;
            }
        });
        if let Some(error) = self.memory(|memory| memory.failed) {
            tracing::warn!(%error, "an issuer's keys could not be read");
        }
    }

    async fn fetch(&self) -> Result<KeySet, ProviderError> {
        KeySet::read(&self.0.jwks.read().await?).ok_or_else(|| self.0.jwks.unreadable())
    }

    fn memory<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.0.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
