//! The function's process: what it writes, what it takes, and its end.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What was written so far; whoever waits for a line is woken by each.
type Lines = watch::Sender<Vec<String>>;

/// A child that is killed when this value is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    pid: u32,
    lines: Lines,
    ended: watch::Receiver<Option<ExitStatus>>,
    reaper: JoinHandle<()>,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect("the binary starts");
        let pid = child.id().expect("a child that nobody waited for has an id");
        let lines = Lines::default();
        let readers = [
            tokio::spawn(collect(child.stdout.take(), lines.clone())),
            tokio::spawn(collect(child.stderr.take(), lines.clone())),
        ];
        let (end, ended) = watch::channel(None);
        let reaper = tokio::spawn(reap(child, readers, end));
        Self { pid, lines, ended, reaper }
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }

    /// Waits until this line was written; false if the process ended without it.
    pub(crate) async fn writes(&self, line: &str) -> bool {
        let mut lines = self.lines.subscribe();
        let has = |lines: &Vec<String>| lines.iter().any(|written| written == line);
        tokio::select! {
            biased;
            written = lines.wait_for(has) => written.is_ok(),
            _ = self.ended() => has(&self.lines.borrow()),
        }
    }

    /// Waits for the end. By then all it wrote has been read.
    pub(crate) async fn ended(&self) -> Option<ExitStatus> {
        let mut ended = self.ended.clone();
        ended.wait_for(Option::is_some).await.ok().and_then(|status| *status)
    }

    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Sends a signal, unless the process has ended: its id may be another's by now.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        if let (None, Some(id)) = (*self.ended.borrow(), id) {
            kill_process(id, signal).ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        self.reaper.abort();
    }
}

async fn reap(mut child: Child, readers: [JoinHandle<()>; 2], end: watch::Sender<Option<ExitStatus>>) {
    let status = child.wait().await.ok();
    for reader in readers {
        reader.await.ok();
    }
    end.send_replace(status);
}

async fn collect(pipe: Option<impl AsyncRead + Unpin>, lines: Lines) {
    let mut pipe = BufReader::new(pipe.expect("the pipe was asked for"));
    let mut line = Vec::new();
    while pipe.read_until(b'\n', &mut line).await.is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        lines.send_modify(|lines| lines.push(text));
        line.clear();
    }
}

/// The high-water mark of resident memory, in bytes (`VmHWM`, which is in kB).
pub(super) fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Time on a CPU, user and kernel, summed over the living threads: the first figure of `schedstat`, in ns.
pub(super) fn cpu_time(pid: u32) -> Option<Duration> {
    let mut total = None;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let Ok(figures) = std::fs::read_to_string(thread.ok()?.path().join("schedstat")) else {
            continue;
        };
        let spent: u64 = figures.split_whitespace().next()?.parse().ok()?;
        *total.get_or_insert(0) += spent;
    }
    total.map(Duration::from_nanos)
}

/// Whether a thread of it is neither stopped nor dead; `State` in `/proc/PID/task/TID/status`.
pub(super) fn is_running(pid: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return false;
    };
    threads.flatten().any(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let state = status.lines().find_map(|line| line.strip_prefix("State:"));
        state.is_some_and(|state| !state.trim_start().starts_with(['T', 'X', 'Z']))
    })
}
