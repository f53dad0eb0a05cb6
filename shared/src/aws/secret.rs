//! One secret as it counts now: fixed by the environment, or kept in step with Secrets Manager.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::operation::get_secret_value::{GetSecretValueError, GetSecretValueOutput};

use aws_sdk_dynamodb::config::SharedHttpClient;

use crate::clock::{Clock, Timestamp};
use crate::config::{Aws, SecretSpot};
use crate::secret::SecretText;

/// Older than this, it is read again beside the request that noticed.
const REFRESH_AFTER: Duration = Duration::from_secs(300);
/// After a failed check it is read again, but not more often than this.
const RECHECK_AFTER: Duration = Duration::from_secs(60);
/// How long it serves from memory while Secrets Manager is out.
const SERVE_FOR: Duration = Duration::from_secs(3600);

/// A secret, in one or several accepted values. Clones share what was read.
#[derive(Clone)]
pub struct Secret(Arc<Kept>);

struct Kept {
    place: Place,
    words: Words,
    clock: Clock,
    memory: Mutex<Memory>,
    reading: tokio::sync::Mutex<()>,
}

enum Place {
    Environment,
    SecretsManager { client: aws_sdk_secretsmanager::Client, arn: String, overlap: Duration },
}

/// What a stored text holds.
#[derive(Clone, Copy)]
enum Words {
    /// Several values, parted by spaces.
    Parted,
    /// One list, spaces and all.
    Whole,
}

#[derive(Default)]
struct Memory {
    values: Option<Arc<Vec<Value>>>,
    read_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
    rechecked_at: Option<Timestamp>,
}

struct Value {
    text: SecretText,
    until: Option<Timestamp>,
}

/// Secrets Manager has been out for longer than the memory may serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret could not be read from Secrets Manager")]
pub struct SecretsUnavailable;

impl Secret {
    /// The secret that lies at `spot`.
    pub fn open(spot: SecretSpot, aws: &Aws, http: SharedHttpClient, patience: Duration, clock: Clock) -> Self {
        Self::opened(spot, aws, http, patience, clock, Words::Parted)
    }

    /// The same of a secret that is one list, such as JSON, whose spaces part nothing. Ask it by [`Secret::accept_listed`].
    pub fn open_whole(spot: SecretSpot, aws: &Aws, http: SharedHttpClient, patience: Duration, clock: Clock) -> Self {
        Self::opened(spot, aws, http, patience, clock, Words::Whole)
    }

    fn opened(
        spot: SecretSpot,
        aws: &Aws,
        http: SharedHttpClient,
        patience: Duration,
        clock: Clock,
        words: Words,
    ) -> Self {
        match spot {
            SecretSpot::Here(texts) => Self::fixed(texts),
            SecretSpot::Managed { arn, overlap } => {
                let client = super::secrets_manager(aws, http, patience);
                let place = Place::SecretsManager { client, arn, overlap };
                Self::kept(place, words, clock, Memory::default())
            }
        }
    }

    /// A secret that the environment gives; all of these texts count.
    pub fn fixed(texts: Vec<SecretText>) -> Self {
        let values = texts.into_iter().map(|text| Value { text, until: None }).collect();
        let memory = Memory { values: Some(Arc::new(values)), ..Memory::default() };
        Self::kept(Place::Environment, Words::Whole, Clock::system(), memory)
    }

    /// A secret in Secrets Manager. The previous stage counts for `overlap` after the current one was made.
    pub fn managed(client: aws_sdk_secretsmanager::Client, arn: String, overlap: Duration, clock: Clock) -> Self {
        Self::kept(Place::SecretsManager { client, arn, overlap }, Words::Parted, clock, Memory::default())
    }

    fn kept(place: Place, words: Words, clock: Clock, memory: Memory) -> Self {
        Self(Arc::new(Kept { place, words, clock, memory: Mutex::new(memory), reading: tokio::sync::Mutex::new(()) }))
    }

    /// Reads it ahead of the first request. A failure is not final: the request reads again.
    pub async fn prime(&self) {
        if self.memory(|memory| memory.values.is_none()) {
            self.read().await;
        }
    }

    /// What `check` makes of the first accepted value that it takes. After none, the secret is read again, once a minute at most.
    pub async fn accept<T>(&self, check: impl Fn(&str) -> Option<T>) -> Result<Option<T>, SecretsUnavailable> {
        // Every value is tried, so that the time does not tell which one fits.
        self.accept_all(|texts| texts.iter().fold(None, |accepted, text| check(text).or(accepted))).await
    }

    /// The same of a whole list: `check` is given the current one, and the one before it while that counts, for the
    /// two must be judged together.
    pub async fn accept_listed<T>(
        &self,
        check: impl Fn(&str, Option<&str>) -> Option<T>,
    ) -> Result<Option<T>, SecretsUnavailable> {
        self.accept_all(|texts| texts.split_first().and_then(|(now, before)| check(now, before.first().copied()))).await
    }

    async fn accept_all<T>(&self, check: impl Fn(&[&str]) -> Option<T>) -> Result<Option<T>, SecretsUnavailable> {
        let accepted = check(&self.counting(&self.current().await?));
        if accepted.is_some() || matches!(self.0.place, Place::Environment) {
            return Ok(accepted);
        }
        self.recheck().await;
        Ok(check(&self.counting(&self.current().await?)))
    }

    /// Whether the last reading failed, so that a value that is not known may have been put since.
    pub fn is_in_doubt(&self) -> bool {
        self.memory(|memory| memory.tried_at.is_some_and(|tried| memory.read_at.is_none_or(|read| read < tried)))
    }

    /// Reads it again after a failed check. What was read for another reason does not count: a rotation just after it
    /// must not wait for a minute.
    async fn recheck(&self) {
        let now = self.0.clock.now();
        let due = self.memory(|memory| {
            let due = memory.rechecked_at.is_none_or(|checked| now.since(checked) >= RECHECK_AFTER);
            if due {
                memory.rechecked_at = Some(now);
            }
            due
        });
        if due {
            self.read().await;
        } else {
            // Another's reading may be under way, and bring what this check needs.
            drop(self.0.reading.lock().await);
        }
    }

    /// The newest value, for a secret that we present to others.
    pub async fn newest(&self) -> Result<SecretText, SecretsUnavailable> {
        let values = self.current().await?;
        values.first().map(|value| SecretText::new(value.text.expose())).ok_or(SecretsUnavailable)
    }

    /// Whether [`Secret::newest`] is another after a refusal of it by whom it was presented to: it is read again for that,
    /// once a minute at most.
    pub async fn renewed(&self) -> Result<bool, SecretsUnavailable> {
        let refused = self.newest().await?;
        if matches!(self.0.place, Place::SecretsManager { .. }) {
            self.recheck().await;
        }
        Ok(self.newest().await?.expose() != refused.expose())
    }

    /// The texts that count now, the current stage's first.
    fn counting<'a>(&self, values: &'a [Value]) -> Vec<&'a str> {
        let now = self.0.clock.now();
        let counting = values.iter().filter(|value| value.until.is_none_or(|until| now < until));
        counting.map(|value| value.text.expose()).collect()
    }

    /// What counts now, from memory where that may serve.
    async fn current(&self) -> Result<Arc<Vec<Value>>, SecretsUnavailable> {
        let now = self.0.clock.now();
        let age = self.memory(|memory| memory.read_at.map(|read| now.since(read)));
        if matches!(self.0.place, Place::SecretsManager { .. }) {
            match age {
                Some(age) if age < REFRESH_AFTER => {}
                Some(age) if age < SERVE_FOR => self.refresh_aside(now),
                _ => self.read().await,
            }
        }
        self.memory(|memory| {
            let serves = memory.read_at.is_none_or(|read| self.0.clock.now().since(read) < SERVE_FOR);
            memory.values.clone().filter(|_| serves).ok_or(SecretsUnavailable)
        })
    }

    fn refresh_aside(&self, now: Timestamp) {
        if self.memory(|memory| memory.tried_at.is_none_or(|tried| now.since(tried) >= RECHECK_AFTER)) {
            let secret = self.clone();
            tokio::spawn(async move { secret.read().await });
        }
    }

    /// Reads it anew; one reader at a time, and whoever waited for another's reading takes that.
    async fn read(&self) {
        let Place::SecretsManager { client, arn, overlap } = &self.0.place else { return };
        let asked = self.0.clock.now();
        let _alone = self.0.reading.lock().await;
        if self.memory(|memory| memory.read_at.is_some_and(|read| read > asked)) {
            return;
        }
        self.memory(|memory| memory.tried_at = Some(self.0.clock.now()));
        match fetch(client, arn, self.0.words, *overlap, self.0.clock.now()).await {
            Ok(values) => self.memory(|memory| {
                memory.values = Some(Arc::new(values));
                memory.read_at = Some(self.0.clock.now());
            }),
            Err(kind) => tracing::warn!(kind, "the secret could not be read"),
        }
    }

    fn memory<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.0.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The current stage, and the previous one while it counts. An error is its kind only.
async fn fetch(
    client: &aws_sdk_secretsmanager::Client,
    arn: &str,
    words: Words,
    overlap: Duration,
    now: Timestamp,
) -> Result<Vec<Value>, &'static str> {
    let current = stage(client, arn, "AWSCURRENT").await?.ok_or("no current stage")?;
    let made = current.created_date().and_then(|date| date.to_millis().ok()).and_then(Timestamp::from_millis);
    let mut values = texts(&current, words, None);
    if matches!(words, Words::Whole) && values.is_empty() {
        // The one before must not pass for the current one.
        return Err("the secret holds no text");
    }
    let until = made.unwrap_or(now).plus(overlap);
    if now < until
        && let Some(previous) = stage(client, arn, "AWSPREVIOUS").await?
    {
        values.extend(texts(&previous, words, Some(until)));
    }
    if values.is_empty() { Err("the secret holds no text") } else { Ok(values) }
}

fn texts(read: &GetSecretValueOutput, words: Words, until: Option<Timestamp>) -> Vec<Value> {
    let stored = read.secret_string().unwrap_or("").trim();
    let value = |text| Value { text: SecretText::new(text), until };
    match words {
        Words::Parted => stored.split_whitespace().map(value).collect(),
        Words::Whole => Some(stored).filter(|stored| !stored.is_empty()).map(value).into_iter().collect(),
    }
}

async fn stage(
    client: &aws_sdk_secretsmanager::Client,
    arn: &str,
    stage: &str,
) -> Result<Option<GetSecretValueOutput>, &'static str> {
    match client.get_secret_value().secret_id(arn).version_stage(stage).send().await {
        Ok(read) => Ok(Some(read)),
        Err(error) => match error.as_service_error() {
            Some(GetSecretValueError::ResourceNotFoundException(_)) => Ok(None),
            Some(_) => Err("refused by Secrets Manager"),
            None => Err("Secrets Manager is out of reach"),
        },
    }
}
