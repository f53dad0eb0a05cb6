//! What goes wrong on the way.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The faults of an outbox. The default is a perfect network.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Faults {
    /// The share of messages, 0 to 1, that are never sent.
    pub lose: f64,
    /// The share of messages, 0 to 1, that are sent twice.
    pub repeat: f64,
    /// How long each copy waits before its first attempt.
    pub delay_ms: Delay,
    /// How many messages are held back to be shuffled; 0 keeps their order.
    pub reorder: usize,
    /// Where the dice begin. Equal seeds and equal messages meet equal faults.
    pub seed: u64,
}

/// A range of milliseconds, both ends included. In JSON `[min, max]`, or `max` alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// The shortest wait.
    pub min: u64,
    /// The longest wait.
    pub max: u64,
}

impl Serialize for Delay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.min, self.max].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Spelled {
            Most(u64),
            Range(u64, u64),
        }
        Ok(match Spelled::deserialize(deserializer)? {
            Spelled::Most(max) => Self { min: 0, max },
            Spelled::Range(min, max) => Self { min, max },
        })
    }
}

/// Some of the faults, as `PUT /_control/deliveries` takes them; what is absent stays.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FaultsPatch {
    lose: Option<f64>,
    repeat: Option<f64>,
    #[serde(alias = "delay_ms")]
    delay_ms: Option<Delay>,
    #[serde(deserialize_with = "window")]
    reorder: Option<usize>,
    seed: Option<u64>,
}

/// Messages that `"reorder": true` holds back.
const WINDOW: usize = 16;

fn window<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spelled {
        OnOff(bool),
        Messages(usize),
    }
    Ok(Some(match Spelled::deserialize(deserializer)? {
        Spelled::OnOff(on) => usize::from(on) * WINDOW,
        Spelled::Messages(window) => window,
    }))
}

/// Faults that make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFaults {
    /// A share below 0 or above 1.
    Share,
    /// A delay whose shortest wait is longer than its longest.
    Delay,
}

impl std::fmt::Display for BadFaults {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Share => "lose and repeat are shares from 0 to 1",
            Self::Delay => "delayMs is [min, max] with min not above max",
        })
    }
}

impl std::error::Error for BadFaults {}

impl Faults {
    /// These faults with some of them changed.
    pub fn patched(self, patch: FaultsPatch) -> Result<Self, BadFaults> {
        let faults = Self {
            lose: patch.lose.unwrap_or(self.lose),
            repeat: patch.repeat.unwrap_or(self.repeat),
            delay_ms: patch.delay_ms.unwrap_or(self.delay_ms),
            reorder: patch.reorder.unwrap_or(self.reorder),
            seed: patch.seed.unwrap_or(self.seed),
        };
        if ![faults.lose, faults.repeat].iter().all(|share| (0.0..=1.0).contains(share)) {
            return Err(BadFaults::Share);
        }
        if faults.delay_ms.min > faults.delay_ms.max {
            return Err(BadFaults::Delay);
        }
        Ok(faults)
    }

    /// Whether messages of one lane wait for each other.
    pub(crate) fn keep_order(&self) -> bool {
        self.reorder == 0 && self.delay_ms.max == 0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may")]
mod tests {
    use super::*;

    fn patch(json: &str) -> FaultsPatch {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_patch_keeps_what_it_does_not_name() {
        let faults = Faults { lose: 0.5, ..Faults::default() };
        let faults = faults.patched(patch(r#"{"delayMs": 40, "reorder": true}"#)).unwrap();
        let expected = Faults { lose: 0.5, delay_ms: Delay { min: 0, max: 40 }, reorder: WINDOW, ..Faults::default() };
        assert_eq!(faults, expected);
    }

    #[test]
    fn faults_that_make_no_sense_are_refused() {
        assert_eq!(Faults::default().patched(patch(r#"{"lose": 1.5}"#)), Err(BadFaults::Share));
        assert_eq!(Faults::default().patched(patch(r#"{"delayMs": [9, 3]}"#)), Err(BadFaults::Delay));
        assert!(serde_json::from_str::<FaultsPatch>(r#"{"loose": 1}"#).is_err());
    }
}
