//! A program of this workspace as a person starts it: arguments, variables, what it writes, signals, how it ends.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

pub use rustix::process::Signal;

use crate::runtime_api::process::Process;

/// Longer than any start or end takes, however busy the machine is.
const LONG: Duration = Duration::from_secs(60);

/// A running program. It is killed when this value is dropped.
#[derive(Debug)]
pub struct Program {
    process: Process,
}

impl Program {
    /// Starts it with these variables and no others.
    pub fn start(binary: impl AsRef<Path>, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary.as_ref());
        command.args(arguments).env_clear().envs(variables.iter().copied());
        Self { process: Process::start(command) }
    }

    /// Waits until it has written this line; false if it ended without.
    pub async fn writes(&self, line: &str) -> bool {
        timeout(LONG, self.process.writes(line)).await.expect("the program writes the line, or ends")
    }

    /// Each line so far, stdout and stderr together; all of them once it has ended.
    pub fn lines(&self) -> Vec<String> {
        self.process.lines()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Waits for its end.
    pub async fn ended(&self) -> ExitStatus {
        let ended = timeout(LONG, self.process.ended()).await.expect("the program ends");
        ended.expect("an ended program has a status")
    }
}
