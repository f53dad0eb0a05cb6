//! Progress on stderr: bars at a terminal, lines now and then elsewhere.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use shared::reconcile::{Progress, Stage};

use super::lines::Lines;

/// Where progress is shown.
pub(super) enum Screen {
    /// At a terminal: a bar for the stage that is under way.
    Bars(Mutex<Option<(Stage, ProgressBar)>>),
    /// In a pipe or a file.
    Lines(Mutex<Lines>),
}

impl Screen {
    /// As it suits stderr.
    pub(super) fn of_stderr() -> Self {
        if io::stderr().is_terminal() { Self::Bars(Mutex::default()) } else { Self::Lines(Mutex::default()) }
    }

    /// Shows how far a stage is.
    pub(super) fn progress(&self, progress: Progress) {
        match self {
            Self::Bars(bar) => {
                let mut bar = locked(bar);
                let under_way = bar.take_if(|(stage, _)| *stage == progress.stage);
                let (stage, shown) = under_way.unwrap_or_else(|| {
                    end(bar.take());
                    (progress.stage, begin(progress))
                });
                if let Some(of) = progress.of {
                    shown.set_length(of.max(progress.done));
                }
                shown.set_position(progress.done);
                *bar = Some((stage, shown));
            }
            Self::Lines(lines) => {
                if let Some(line) = locked(lines).progress(progress, shared::clock::instant()) {
                    say(&line);
                }
            }
        }
    }

    /// Ends what is shown: something else has the floor.
    pub(super) fn rest(&self) {
        if let Self::Bars(bar) = self {
            end(locked(bar).take());
        }
    }

    /// Does something that writes, without a bar in its way.
    pub(super) fn aside<T>(&self, writes: impl FnOnce() -> T) -> T {
        match self {
            Self::Bars(bar) => match &*locked(bar) {
                Some((_, bar)) => bar.suspend(writes),
                None => writes(),
            },
            Self::Lines(_) => writes(),
        }
    }

    /// A line to whoever runs this.
    pub(super) fn say(&self, line: &str) {
        self.aside(|| {
            if matches!(self, Self::Bars(_)) {
                // A question, or the echo of Ctrl-C, may stand on the line.
                say("");
            }
            say(line);
        });
    }
}

/// A closed stderr is nobody's loss.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn begin(progress: Progress) -> ProgressBar {
    let (template, bar) = match (progress.stage, progress.of) {
        (Stage::Preparing, _) => {
            ("{msg:9} {spinner} the provider prepares its listing, {pos} %, for {elapsed}", ProgressBar::no_length())
        }
        (_, Some(of)) => ("{msg:9} {wide_bar} {human_pos}/{human_len} {rate}/s, {eta} left", ProgressBar::new(of)),
        (_, None) => ("{msg:9} {spinner} {human_pos} {rate}/s, for {elapsed}", ProgressBar::no_length()),
    };
    let bar = bar.with_style(style(template)).with_message(progress.stage.as_str());
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

fn end(bar: Option<(Stage, ProgressBar)>) {
    let Some((stage, bar)) = bar else { return };
    let what = if stage == Stage::Preparing { "{msg:9} {elapsed}" } else { "{msg:9} {human_pos} in {elapsed}" };
    bar.set_style(style(what));
    bar.abandon();
}

fn style(template: &str) -> ProgressStyle {
    // The templates stand above: one that is wrong leaves the default.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    style.with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{:.0}", state.per_sec());
    })
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
