//! How far an audit is, on stderr: a line that moves at a terminal, and a line a stage elsewhere.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use shared::store::AuditStep;

/// Shows it while it lives.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    told: Cell<&'static str>,
}

impl Progress {
    /// As it suits stderr.
    pub(super) fn begin() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg}, for {elapsed}");
            let bar = ProgressBar::no_length();
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        Self { bar, told: Cell::new("") }
    }

    /// Tells a step.
    pub(super) fn tell(&self, step: AuditStep) {
        let count = |count: usize| HumanCount(u64::try_from(count).unwrap_or(u64::MAX));
        let (stage, words) = match step {
            AuditStep::Rows(read) => ("rows", format!("rows that list something: {}", count(read))),
            AuditStep::Claims(read) => ("claims", format!("claims: {}", count(read))),
            AuditStep::Suspects(read, of) => ("suspects", format!("suspects: {} of {}", count(read), count(of))),
        };
        match &self.bar {
            Some(bar) => bar.set_message(words),
            None if self.told.replace(stage) != stage => {
                // A closed stderr is nobody's loss.
                let _ = writeln!(io::stderr(), "reading {stage}");
            }
            None => {}
        }
    }

    /// Leaves the screen to the results.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
