//! The exit status of a run.

use std::process::ExitCode;

use shared::reconcile::Mode;
use shared::store::{Run, Status};

use crate::words;

/// `check`: 0 in step, 2 drift, 1 an error. `sync` and `apply`: 0 when all is in step or done, else 1.
pub(super) fn code(mode: Mode, run: &Run, declined: bool) -> ExitCode {
    ExitCode::from(number(mode, run, declined))
}

fn number(mode: Mode, run: &Run, declined: bool) -> u8 {
    let finished = run.status == Status::Finished;
    match mode {
        _ if finished && run.in_step && !declined => 0,
        // Users whose comparison failed are an error, and say nothing of drift.
        Mode::Check if finished && has_drift(run) => 2,
        _ => 1,
    }
}

fn has_drift(run: &Run) -> bool {
    run.counts.keys().filter_map(|word| words::known(&run.source, word)).any(words::Known::is_drift)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn run(status: Status, in_step: bool, cause: &str) -> Run {
        Run { status, in_step, counts: BTreeMap::from([(cause.to_owned(), 1)]), ..Run::default() }
    }

    #[test]
    fn a_check_tells_drift_from_errors() {
        let ends = |run| number(Mode::Check, &run, false);
        assert_eq!(ends(run(Status::Finished, true, "patched")), 0);
        assert_eq!(ends(run(Status::Finished, false, "missing")), 2);
        assert_eq!(ends(run(Status::Finished, false, "patched")), 1);
        assert_eq!(ends(run(Status::Unfinished, false, "missing")), 1);
    }

    #[test]
    fn a_run_that_writes_ends_well_only_when_all_is_done() {
        for mode in [Mode::Sync, Mode::Apply] {
            assert_eq!(number(mode, &run(Status::Finished, true, "missing"), false), 0);
            assert_eq!(number(mode, &run(Status::Finished, true, "missing"), true), 1);
            assert_eq!(number(mode, &run(Status::Finished, false, "orphan"), false), 1);
            assert_eq!(number(mode, &run(Status::Busy, false, "missing"), false), 1);
        }
    }
}
