//! One execution: what it was given, where it went, how it ended.

use serde_json::Value;

/// One execution of a state machine.
#[derive(Clone, Debug)]
pub struct Execution {
    /// What it was started with.
    pub input: Value,
    /// The states it entered, in order.
    pub states: Vec<String>,
    /// When it waited, in order. Nobody waited here.
    pub pauses: Vec<Pause>,
    /// How it ended, once it has.
    pub end: Option<End>,
}

/// A time in which an execution does nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Pause {
    /// A `Wait` of so many seconds.
    Wait(u32),
    /// Before a repeat: at most so many seconds.
    Retry(f64),
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// `SUCCEEDED`.
    Succeeded {
        /// The last state.
        state: String,
        /// The output.
        output: Value,
    },
    /// `FAILED`.
    Failed {
        /// The last state.
        state: String,
        /// The error's name.
        error: String,
        /// The error's cause.
        cause: String,
    },
    /// `TIMED_OUT`.
    TimedOut,
}

impl Execution {
    pub(super) fn of(input: Value) -> Self {
        Self { input, states: Vec::new(), pauses: Vec::new(), end: None }
    }

    /// The seconds for which it did nothing, at the most.
    pub fn paused(&self) -> f64 {
        let seconds = |pause: &Pause| match pause {
            Pause::Wait(seconds) => f64::from(*seconds),
            Pause::Retry(seconds) => *seconds,
        };
        self.pauses.iter().map(seconds).sum()
    }
}
