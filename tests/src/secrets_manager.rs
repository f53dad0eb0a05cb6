//! A stand-in for AWS Secrets Manager: `GetSecretValue` over AWS JSON 1.1, with the two stages of a rotation.

mod answers;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::served::Served;

/// A running stand-in. It ends when dropped.
#[derive(Debug)]
pub struct SecretsManager {
    vault: Arc<Mutex<Vault>>,
    served: Served,
}

/// What the stand-in does with a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    /// Answers as it should.
    #[default]
    Well,
    /// Answers 500 `InternalServiceError`.
    Failing,
    /// Fails as [`Mood::Failing`] does, and quotes every value that it holds in its message.
    Quoting,
    /// Answers 200, with a body that breaks off after every value that it holds.
    BrokenOff,
    /// Never answers.
    Hanging,
}

#[derive(Debug, Default)]
struct Vault {
    mood: Mood,
    requests: u32,
    secrets: BTreeMap<String, Secret>,
}

#[derive(Debug)]
struct Secret {
    current: Version,
    previous: Option<Version>,
    /// How often it was rotated.
    rotations: u32,
}

#[derive(Debug, Clone)]
struct Version {
    id: String,
    value: String,
    created_ms: u64,
}

impl SecretsManager {
    /// Starts an empty one on a free port.
    pub async fn start() -> Self {
        let vault = Arc::<Mutex<Vault>>::default();
        let served = Served::start(answers::router(Arc::clone(&vault))).await;
        Self { vault, served }
    }

    /// The endpoint URL.
    pub fn url(&self) -> String {
        self.served.url()
    }

    /// Makes `value` the current version of `name`, and the one before it the previous. A name that is not there
    /// is made. `created_ms` is when the new version was made, in ms since 1970.
    pub fn rotate(&self, name: &str, value: &str, created_ms: u64) {
        let mut vault = self.vault.lock().unwrap();
        let before = vault.secrets.remove(name);
        let rotations = before.as_ref().map_or(0, |secret| secret.rotations + 1);
        let current =
            Version { id: format!("00000000-0000-4000-8000-{rotations:012x}"), value: value.to_owned(), created_ms };
        let previous = before.map(|secret| secret.current);
        vault.secrets.insert(name.to_owned(), Secret { current, previous, rotations });
    }

    /// From now on it is in this mood.
    pub fn set_mood(&self, mood: Mood) {
        self.vault.lock().unwrap().mood = mood;
    }

    /// How many requests came so far, whatever became of them.
    pub fn requests(&self) -> u32 {
        self.vault.lock().unwrap().requests
    }
}

impl Vault {
    /// Every value of every secret, as somebody might quote them who should not.
    fn quoted(&self) -> String {
        let versions = self.secrets.values().flat_map(|secret| [Some(&secret.current), secret.previous.as_ref()]);
        versions.flatten().map(|version| version.value.as_str()).collect::<Vec<_>>().join(" and ")
    }
}

#[cfg(test)]
mod tests;
