//! AWS Lambda on this machine: a function's real binary, driven through the Runtime API. No container.

mod desk;
mod environment;
pub(crate) mod process;
mod routes;

use std::fmt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::timeout;

use self::desk::Desk;
use self::process::Process;
use crate::served::Served;

/// How long Lambda lets a function take for its start.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// One execution environment: a process, and the Runtime API it talks to. Both end when it is dropped.
#[derive(Debug)]
pub struct Lambda {
    desk: Desk,
    process: Process,
    limit: Duration,
    /// An environment has one invocation at a time; whoever comes while it is busy waits here.
    turn: Mutex<()>,
    _api: Served,
}

/// What a function answered instead of a result, in Lambda's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// `errorType`: the function's own, or one of Lambda's such as `Runtime.ExitError`, `Sandbox.Timedout`.
    pub error_type: String,
    /// `errorMessage`.
    pub message: String,
}

/// Why a function never asked for its first event.
#[derive(Debug, Clone)]
pub struct InitFailure {
    /// How the process ended; nothing if it hung and was killed for it.
    pub status: Option<ExitStatus>,
    /// What it reported to `/init/error`, if it did.
    pub error: Option<FunctionError>,
    /// All it wrote.
    pub logs: Vec<String>,
}

impl fmt::Display for InitFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, error, logs } = self;
        write!(f, "the start failed ({status:?}, {error:?}):\n{}", logs.join("\n"))
    }
}

impl Lambda {
    /// Starts `binary` with the variables that Lambda sets, those in `variables`, and no others.
    /// An invocation may take 30 s.
    pub async fn start(binary: impl AsRef<Path>, variables: &[(&str, &str)]) -> Self {
        Self::start_with(binary, &[], variables, Duration::from_secs(30)).await
    }

    /// The same with arguments, and with `limit` as the function's timeout.
    pub async fn start_with(
        binary: impl AsRef<Path>,
        arguments: &[&str],
        variables: &[(&str, &str)],
        limit: Duration,
    ) -> Self {
        let desk = Desk::new();
        let api = Served::start(routes::router(desk.clone())).await;
        let name = binary.as_ref().file_name().unwrap_or_default().to_string_lossy();
        let mut command = tokio::process::Command::new(binary.as_ref());
        command
            .args(arguments)
            .env_clear()
            .envs(environment::of_lambda(&name, api.address()))
            .envs(variables.iter().copied());
        let process = Process::start(command);
        Self { desk, process, limit, turn: Mutex::new(()), _api: api }
    }

    /// Waits until the function asks for its first event: INIT is over then.
    pub async fn wait_ready(&self) -> Result<(), InitFailure> {
        let ready = async {
            tokio::select! {
                biased;
                () = self.desk.ready() => true,
                _ = self.process.ended() => false,
            }
        };
        let in_time = timeout(INIT_LIMIT, ready).await;
        if in_time == Ok(true) {
            return Ok(());
        }
        self.process.kill();
        let status = self.process.ended().await;
        Err(InitFailure {
            status: status.filter(|_| in_time.is_ok()),
            error: self.desk.init_error(),
            logs: self.logs(),
        })
    }

    /// Hands one event to the function, after INIT if need be, and waits for its answer.
    pub async fn invoke(&self, event: Value) -> Result<Value, FunctionError> {
        let _turn = self.turn.lock().await;
        self.wait_ready().await.map_err(|failure| {
            let message = failure.to_string();
            failure.error.unwrap_or(FunctionError::lambdas("Runtime.ExitError", message))
        })?;
        let answer = self.desk.submit(&event, self.limit);
        let outcome = async {
            tokio::select! {
                biased;
                Ok(answer) = answer => answer,
                status = self.process.ended() => {
                    let message = format!("Runtime exited: {status:?}");
                    Err(FunctionError::lambdas("Runtime.ExitError", message))
                }
            }
        };
        timeout(self.limit, outcome).await.unwrap_or_else(|_| {
            self.process.kill();
            let message = format!("Task timed out after {:?}", self.limit);
            Err(FunctionError::lambdas("Sandbox.Timedout", message))
        })
    }

    /// Each line that the process has written so far, stdout and stderr together.
    /// All lines are there once [`Self::kill`] has returned.
    pub fn logs(&self) -> Vec<String> {
        self.process.lines()
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The most memory it ever held, in bytes; nothing once it has ended.
    pub fn peak_memory(&self) -> Option<u64> {
        process::peak_memory(self.pid())
    }

    /// CPU time of its living threads, to the nanosecond; nothing once it has ended.
    pub fn cpu_time(&self) -> Option<Duration> {
        process::cpu_time(self.pid())
    }

    /// Stops the process where it stands, as Lambda does between invocations. When this returns, all its threads
    /// stand still.
    pub async fn freeze(&self) {
        self.process.signal(rustix::process::Signal::STOP);
        // The signal reaches a thread when it is next scheduled, and nothing tells when the last one stopped.
        while process::is_running(self.pid()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lets a frozen process go on.
    pub fn thaw(&self) {
        self.process.signal(rustix::process::Signal::CONT);
    }

    /// Kills the process, waits for its end and returns how it ended.
    pub async fn kill(&self) -> Option<ExitStatus> {
        self.process.kill();
        self.process.ended().await
    }
}

impl FunctionError {
    fn lambdas(error_type: &str, message: String) -> Self {
        Self { error_type: error_type.to_owned(), message }
    }
}

#[cfg(test)]
mod tests;
