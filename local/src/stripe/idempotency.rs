//! What is remembered of requests with an `Idempotency-Key`: the answer, whatever it was.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refused::Refused;

/// How long a key is remembered at least, ms.
const REMEMBERED: i64 = 24 * 3_600_000;

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// What a request was, to tell another one apart.
pub(super) type Print = (String, Vec<(String, String)>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    print: Print,
    at: i64,
    /// None while the request is under way.
    given: Option<Given>,
}

/// All keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Remembered(HashMap<String, Entry>);

impl Remembered {
    /// The answer that a key has already; `None` for a new one, which is under way from here on.
    pub(super) fn begin(&mut self, key: &str, print: &Print, now: i64) -> Result<Option<Given>, Refused> {
        self.0.retain(|_, entry| now - entry.at < REMEMBERED);
        match self.0.get(key) {
            Some(entry) if entry.print != *print => Err(Refused::OtherRequest),
            Some(Entry { given: None, .. }) => Err(Refused::KeyInUse),
            Some(Entry { given: Some(given), .. }) => Ok(Some(given.clone())),
            None => {
                self.0.insert(key.to_owned(), Entry { print: print.clone(), at: now, given: None });
                Ok(None)
            }
        }
    }

    /// Remembers the answer. What was refused before anything began is not remembered.
    pub(super) fn end(&mut self, key: &str, given: Option<Given>) {
        match (given, self.0.get_mut(key)) {
            (Some(given), Some(entry)) => entry.given = Some(given),
            _ => drop(self.0.remove(key)),
        }
    }
}
