//! Progress in plain lines: one as a stage begins, and then one now and then.

use std::time::Duration;

use indicatif::HumanCount;
use shared::reconcile::{Progress, Stage};
use tokio::time::Instant;

use crate::times::span;

/// How much time there is between two lines of one stage.
const EVERY: Duration = Duration::from_secs(10);

/// The stage that is under way, since when, and when it was last told of.
#[derive(Default)]
pub(super) struct Lines(Option<(Stage, Instant, Instant)>);

impl Lines {
    /// The line that is due, if one is.
    pub(super) fn progress(&mut self, progress: Progress, now: Instant) -> Option<String> {
        // A table's own count of its rows is hours old, and may be less than there are.
        let progress = Progress { of: progress.of.filter(|of| *of >= progress.done), ..progress };
        if progress.of == Some(0) {
            return None;
        }
        match &mut self.0 {
            Some((stage, began, told)) if *stage == progress.stage => {
                if now.duration_since(*told) < EVERY {
                    return None;
                }
                *told = now;
                Some(line(progress, now.duration_since(*began)))
            }
            _ => {
                self.0 = Some((progress.stage, now, now));
                Some(line(progress, Duration::ZERO))
            }
        }
    }
}

/// `comparing: 12,000 of 50,000, 1,200 a second, 31.7 s left`.
fn line(Progress { stage, done, of }: Progress, took: Duration) -> String {
    let name = stage.as_str();
    if stage == Stage::Preparing {
        return match of {
            Some(_) => format!("{name}: the provider prepares its listing, {done} %"),
            None => format!("{name}: the provider prepares its listing"),
        };
    }
    let so_far = match of {
        Some(of) => format!("{name}: {} of {}", HumanCount(done), HumanCount(of)),
        None => format!("{name}: {}", HumanCount(done)),
    };
    let seconds = took.as_secs();
    if seconds == 0 || done == 0 {
        return so_far;
    }
    let rate = done / seconds;
    let left = of.filter(|of| *of > done && rate > 0).map(|of| Duration::from_secs((of - done) / rate));
    let left = left.map(|left| format!(", {} left", span(left))).unwrap_or_default();
    format!("{so_far}, {} a second{left}", HumanCount(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_told_when_it_begins_and_then_every_ten_seconds() {
        let (mut lines, start) = (Lines::default(), shared::clock::instant());
        let mut told = |stage, seconds, done| {
            lines.progress(Progress { stage, done, of: Some(50_000) }, start + Duration::from_secs(seconds))
        };
        assert_eq!(told(Stage::Scanning, 0, 0).as_deref(), Some("scanning: 0 of 50,000"));
        assert_eq!(told(Stage::Scanning, 9, 4_000), None);
        assert_eq!(told(Stage::Comparing, 9, 500).as_deref(), Some("comparing: 500 of 50,000"));
        assert_eq!(told(Stage::Comparing, 18, 9_000), None);
        let line = "comparing: 12,000 of 50,000, 1,200 a second, 31.0 s left";
        assert_eq!(told(Stage::Comparing, 19, 12_000).as_deref(), Some(line));
        assert_eq!(told(Stage::Comparing, 20, 13_000), None);
    }

    #[test]
    fn what_nobody_knows_is_not_told() {
        let told = |stage, of| line(Progress { stage, done: 30, of }, Duration::from_secs(10));
        assert_eq!(told(Stage::Scanning, None), "scanning: 30, 3 a second");
        assert_eq!(told(Stage::Preparing, None), "preparing: the provider prepares its listing");
        assert_eq!(told(Stage::Preparing, Some(100)), "preparing: the provider prepares its listing, 30 %");
    }
}
