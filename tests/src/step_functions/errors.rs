//! Errors of states, and what repeats or catches them.

use serde::Deserialize;
use serde_json::{Value, json};

/// The error output of a state: a name, and text about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorOutput {
    /// The name, by which it is repeated or caught.
    pub error: String,
    /// What is known besides.
    pub cause: String,
}

impl ErrorOutput {
    /// An error of Step Functions or of Lambda itself: `Sandbox.Timedout`, `Lambda.ServiceException`, ….
    pub fn new(error: &str, cause: &str) -> Self {
        Self { error: error.to_owned(), cause: cause.to_owned() }
    }

    /// An error that a function answered with: its type is the name, and the whole answer the cause.
    pub fn of_function(error_type: &str, message: &str) -> Self {
        Self::new(error_type, &json!({"errorType": error_type, "errorMessage": message}).to_string())
    }

    /// As catchers see it.
    pub(super) fn output(&self) -> Value {
        json!({"Error": self.error, "Cause": self.cause})
    }

    /// `States.ALL` does not stand for what a machine does wrong itself.
    fn is_one_of(&self, names: &[String]) -> bool {
        let own = ["States.Runtime", "States.DataLimitExceeded"].contains(&self.error.as_str());
        names.iter().any(|name| match name.as_str() {
            "States.ALL" => !own,
            "States.TaskFailed" => !own && self.error != "States.Timeout",
            name => name == self.error,
        })
    }
}

/// One of `Retry`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Retrier {
    error_equals: Vec<String>,
    interval_seconds: Option<u32>,
    backoff_rate: Option<f64>,
    max_delay_seconds: Option<u32>,
    max_attempts: Option<u32>,
    jitter_strategy: Option<Jitter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Jitter {
    #[serde(rename = "FULL")]
    Full,
}

impl Retrier {
    pub(super) fn takes(&self, error: &ErrorOutput) -> bool {
        error.is_one_of(&self.error_equals)
    }

    /// The longest delay before the attempt that follows `attempts` repeats, or none if those were all.
    /// Each repeat has a jitter, because two sources begin at the same second.
    pub(super) fn delay(&self, attempts: u32) -> Option<f64> {
        if attempts >= self.max_attempts.unwrap_or(3) {
            return None;
        }
        assert_eq!(self.jitter_strategy, Some(Jitter::Full), "{self:?}");
        let grown = self.backoff_rate.unwrap_or(2.0).powi(i32::try_from(attempts).expect("a few"));
        let delay = f64::from(self.interval_seconds.unwrap_or(1)) * grown;
        Some(self.max_delay_seconds.map_or(delay, |most| delay.min(f64::from(most))))
    }
}

/// One of `Catch`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Catcher {
    error_equals: Vec<String>,
    pub(super) result_path: String,
    pub(super) next: String,
}

impl Catcher {
    pub(super) fn takes(&self, error: &ErrorOutput) -> bool {
        error.is_one_of(&self.error_equals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_stand_for_many_are_understood() {
        let takes = |name: &str, error: &str| ErrorOutput::new(error, "").is_one_of(&[name.to_owned()]);
        assert!(takes("States.ALL", "unavailable") && takes("States.ALL", "States.Timeout"));
        assert!(!takes("States.ALL", "States.Runtime"));
        assert!(takes("States.TaskFailed", "unavailable") && !takes("States.TaskFailed", "States.Timeout"));
        assert!(takes("unavailable", "unavailable") && !takes("unavailable", "Unavailable"));
    }

    #[test]
    fn delays_grow_to_their_limit_and_end() {
        let text = json!({"ErrorEquals": ["a"], "IntervalSeconds": 10, "BackoffRate": 3, "MaxDelaySeconds": 60,
            "MaxAttempts": 3, "JitterStrategy": "FULL"});
        let retrier: Retrier = serde_json::from_value(text).expect("a retrier");
        let delays: Vec<_> = (0..4).map(|attempts| retrier.delay(attempts)).collect();
        assert_eq!(delays, [Some(10.0), Some(30.0), Some(60.0), None]);
    }
}
