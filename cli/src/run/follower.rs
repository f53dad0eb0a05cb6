//! Follows a run: tells its findings, keeps the log, asks for consent, and remembers what the report shows.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, FutureExt, ready};
use shared::clock::Timestamp;
use shared::domain::Cause;
use shared::reconcile::{Finding, Found, Progress, Stop, Watch, Why};
use shared::store::Run;
use shared::stripe_reconcile::{LinkFinding, LinkFound, LinkWatch};

use super::action_log::ActionLog;
use super::differences::{self, Row, SHOWN};
use super::findings::event;
use super::links;
use super::question::ask;
use super::screen::Screen;
use crate::look::Look;

/// Whether what was found may be written.
pub(super) enum Consent {
    /// It may.
    Given,
    /// Somebody is asked.
    Asked,
    /// Nobody can be asked: why.
    Withheld(&'static str),
}

/// What the report needs of a run beside its record.
#[derive(Default)]
pub(super) struct Seen {
    /// The first differences, orphans aside.
    pub(super) differing: Vec<Row>,
    /// How many there were in all.
    pub(super) differences: usize,
    /// The first orphans: id, first seen, last seen, what was done.
    pub(super) orphans: Vec<(String, Timestamp, Option<Timestamp>, Option<&'static str>)>,
    /// How many there were in all.
    pub(super) all_orphans: usize,
    /// Drift that is too young to count.
    pub(super) unsettled: u64,
    /// Whether differences were found that nobody wanted written.
    pub(super) declined: bool,
    pub(super) run_id: String,
    pub(super) broken: Option<io::Error>,
}

/// Follows one run.
pub(super) struct Follower<'a> {
    screen: &'a Screen,
    stop: &'a Stop,
    json: bool,
    values: bool,
    consent: Consent,
    log: Option<ActionLog>,
    seen: Mutex<Seen>,
}

impl<'a> Follower<'a> {
    /// Tells findings to `screen` and stdout, and says `stop` if that, or the log, breaks.
    pub(super) fn new(
        screen: &'a Screen,
        stop: &'a Stop,
        json: bool,
        values: bool,
        consent: Consent,
        log: Option<ActionLog>,
    ) -> Self {
        Self { screen, stop, json, values, consent, log, seen: Mutex::default() }
    }

    /// What was seen; an error if something could not be told, for which the run was stopped.
    pub(super) fn end(&self) -> io::Result<Seen> {
        let mut seen = std::mem::take(&mut *self.seen());
        seen.broken.take().map_or(Ok(seen), Err)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, Finding { found, applied }: &Finding) {
        let mut seen = self.seen();
        seen.unsettled += u64::from(found.cause.is_drift() && !found.settled);
        if found.cause == Cause::Orphan {
            seen.all_orphans += 1;
            if let Some(row) = found.row.as_ref().filter(|_| seen.orphans.len() < SHOWN) {
                seen.orphans.push((found.user_id().to_string(), row.created_at, found.last_seen_at(), applied.word()));
            }
            return;
        }
        seen.differences += 1;
        if seen.differing.len() < SHOWN {
            seen.differing.push(Row::of(found, self.values));
        }
    }

    /// A run that cannot tell what it does should not do it.
    fn or_stop(&self, told: io::Result<()>) {
        if let Err(error) = told {
            self.seen().broken.get_or_insert(error);
            self.stop.tell(Why::Asked);
        }
    }

    fn log_and_tell(
        &self,
        log: impl FnOnce(&ActionLog, &str) -> io::Result<()>,
        event: impl FnOnce() -> serde_json::Value,
    ) {
        let run_id = self.seen().run_id.clone();
        let logged = self.log.as_ref().map_or(Ok(()), |file| log(file, &run_id));
        self.or_stop(logged.map_err(|error| io::Error::new(error.kind(), format!("the log was not written: {error}"))));
        if self.json {
            let told = self.screen.aside(|| writeln!(io::stdout().lock(), "{}", event()));
            self.or_stop(told);
        }
    }

    /// Shows the plan, and asks if somebody can be asked.
    fn approved(&self, rows: impl Iterator<Item = Row>, all: usize, what: &str) -> BoxFuture<'_, bool> {
        self.screen.rest();
        if !self.json {
            let mut out = io::stdout().lock();
            let shown = differences::print(rows, all, what, Look::of_stdout(), &mut out);
            self.or_stop(shown.and_then(|()| writeln!(out)));
        }
        match self.consent {
            Consent::Given => ready(true).boxed(),
            Consent::Asked => {
                let question = match all {
                    1 => "Write this one?".to_owned(),
                    many => format!("Write these {many}?"),
                };
                ask(question).map(|yes| self.answered(yes)).boxed()
            }
            Consent::Withheld(why) => {
                self.screen.say(why);
                ready(self.answered(false)).boxed()
            }
        }
    }

    fn answered(&self, yes: bool) -> bool {
        self.seen().declined |= !yes;
        yes
    }
}

impl Watch for Follower<'_> {
    fn began(&self, run: &Run) {
        self.seen().run_id.clone_from(&run.run_id);
    }

    fn progress(&self, progress: Progress) {
        self.screen.progress(progress);
    }

    fn finding(&self, finding: &Finding) {
        self.remember(finding);
        self.log_and_tell(|log, run_id| log.append(run_id, finding), || event(finding, self.values));
    }

    fn approve<'a>(&'a self, plan: &'a [Found]) -> BoxFuture<'a, bool> {
        self.approved(plan.iter().map(|found| Row::of(found, self.values)), plan.len(), "fields")
    }
}

impl LinkWatch for Follower<'_> {
    fn link(&self, finding: &LinkFinding) {
        let mut seen = self.seen();
        seen.unsettled += u64::from(finding.found.cause.is_drift() && !finding.found.settled);
        seen.differences += 1;
        if seen.differing.len() < SHOWN {
            seen.differing.push(Row::of_link(&finding.found));
        }
        drop(seen);
        self.log_and_tell(|log, run_id| log.append_link(run_id, finding), || links::event(finding));
    }

    fn approve_links<'a>(&'a self, plan: &'a [LinkFound]) -> BoxFuture<'a, bool> {
        self.approved(plan.iter().map(Row::of_link), plan.len(), "customers")
    }
}
