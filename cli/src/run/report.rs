//! The report of a run, for people.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::HumanCount;
use shared::clock::Clock;
use shared::reconcile::Mode;
use shared::store::{Run, Status};
use shared::stripe_reconcile::STRIPE;

use super::differences;
use super::follower::Seen;
use crate::look::{Look, shown};
use crate::times::{span, when};
use crate::words;

/// A run that ended without an error.
pub(super) struct Report<'a> {
    pub(super) run: &'a Run,
    pub(super) mode: Mode,
    pub(super) seen: &'a Seen,
    pub(super) settle: Duration,
}

impl Report<'_> {
    /// Prints it to where people read.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        match self.run.status {
            Status::Busy => self.busy(out),
            _ => self.ended(Look::of_stdout(), out),
        }
    }

    fn busy(&self, out: &mut impl Write) -> io::Result<()> {
        let holder = shown(self.run.holder.as_deref().unwrap_or("somebody"));
        writeln!(out, "busy: {holder} runs {} right now, and nothing was done", self.run.source)?;
        writeln!(out, "wait until it has ended; if it died, its lease runs out within a minute,")?;
        writeln!(out, "or take it over now with --owner {holder}")
    }

    fn ended(&self, look: Look, out: &mut impl Write) -> io::Result<()> {
        let run = self.run;
        let took = span(run.took());
        let whom = if run.source == STRIPE { "customers at Stripe" } else { "users at the provider" };
        writeln!(out, "{} {whom}, compared in {took} (run {})", HumanCount(run.listed), run.run_id)?;
        counts(run, self.mode != Mode::Check && !run.outcomes.is_empty(), look, out)?;
        if self.mode == Mode::Check {
            let rows = self.seen.differing.iter().cloned();
            part(self.seen.differences, out)?;
            let what = if run.source == STRIPE { "customers" } else { "fields" };
            differences::print(rows, self.seen.differences, what, look, out)?;
        }
        self.orphans(look, out)?;
        outcomes(run, look, out)?;
        notices(run, look, out)?;
        self.remarks(out)?;
        writeln!(out)?;
        self.last(out)
    }

    fn orphans(&self, look: Look, out: &mut impl Write) -> io::Result<()> {
        let now = Clock::system().now();
        let rows = self.seen.orphans.iter().map(|(id, first, last, written)| {
            let last = last.map(|last| when(last, now)).unwrap_or_default();
            [id.clone(), when(*first, now), last, written.unwrap_or("reported").to_owned()]
        });
        let rows: Vec<[String; 4]> = rows.collect();
        part(rows.len(), out)?;
        look.table(["orphan", "first seen here", "last seen", ""], &rows, out)?;
        match self.seen.all_orphans.saturating_sub(rows.len()) {
            0 => Ok(()),
            more => writeln!(out, "… and {more} more orphans; --json names them all"),
        }
    }

    fn remarks(&self, out: &mut impl Write) -> io::Result<()> {
        let (run, unsettled) = (self.run, self.seen.unsettled);
        if let Some(lacking) = &run.withheld {
            writeln!(out, "\nno orphan was deleted ({lacking}): {}", words::withheld(lacking))?;
        }
        if run.failures > 0 {
            writeln!(out, "\n{} users could not be compared or written: run it again", HumanCount(run.failures))?;
        }
        if unsettled > 0 {
            let settle = self.settle.as_secs();
            writeln!(
                out,
                "\n{unsettled} of the differences are younger than {settle} s and do not count as drift yet"
            )?;
        }
        Ok(())
    }

    fn last(&self, out: &mut impl Write) -> io::Result<()> {
        match self.run.status {
            Status::Unfinished => {
                writeln!(out, "stopped before its end; nothing is lost: the same command goes on with what is left")
            }
            _ if self.run.in_step => writeln!(out, "in step"),
            _ => writeln!(out, "not in step"),
        }
    }
}

/// A part of the report stands apart from what is above.
fn part(rows: usize, out: &mut impl Write) -> io::Result<()> {
    if rows > 0 { writeln!(out) } else { Ok(()) }
}

fn counts(run: &Run, mended: bool, look: Look, out: &mut impl Write) -> io::Result<()> {
    let row = |(word, count): (&String, &u64)| {
        let (meaning, advice) = words::known(&run.source, word)
            .map(|known| (known.meaning().to_owned(), known.advice(mended)))
            .unwrap_or_default();
        [word.clone(), HumanCount(*count).to_string(), meaning, advice]
    };
    let rows: Vec<[String; 4]> = run.counts.iter().map(row).collect();
    part(rows.len(), out)?;
    look.table(["cause", "count", "what it means", "what to do"], &rows, out)
}

fn outcomes(run: &Run, look: Look, out: &mut impl Write) -> io::Result<()> {
    let row = |(word, count): (&String, &u64)| {
        [word.clone(), HumanCount(*count).to_string(), words::outcome(word).to_owned()]
    };
    let rows: Vec<[String; 3]> = run.outcomes.iter().map(row).collect();
    part(rows.len(), out)?;
    look.table(["written", "count", "what it means"], &rows, out)
}

fn notices(run: &Run, look: Look, out: &mut impl Write) -> io::Result<()> {
    let row = |(cause, user_id, linked_to): &(String, String, Option<String>)| {
        [cause.clone(), user_id.clone(), linked_to.clone().unwrap_or_default()]
    };
    let rows: Vec<[String; 3]> = run.notices.iter().map(row).collect();
    part(rows.len(), out)?;
    // Of Stripe, whoever is drift is named too.
    let (what, other) = if run.source == STRIPE { ("cause", "customer") } else { ("notice", "linked into") };
    look.table([what, "user", other], &rows, out)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::collections::BTreeMap;

    use super::*;

    fn told(mode: Mode, run: &Run, seen: &Seen) -> String {
        let mut out = Vec::new();
        let report = Report { run, mode, seen, settle: Duration::from_secs(600) };
        if run.status == Status::Busy { report.busy(&mut out) } else { report.ended(Look::Plain, &mut out) }.unwrap();
        String::from_utf8(out).unwrap()
    }

    fn finished() -> Run {
        let counts = [("missing", 1_200), ("patched", 1)].map(|(word, count)| (word.to_owned(), count));
        let outcomes = BTreeMap::from([("created".to_owned(), 1_200)]);
        let linked = ("linked".to_owned(), "usr_a".to_owned(), Some("usr_b".to_owned()));
        Run {
            status: Status::Finished,
            listed: 5_000,
            counts: BTreeMap::from(counts),
            outcomes,
            notices: vec![linked],
            ..Run::default()
        }
    }

    #[test]
    fn causes_come_with_their_meaning_and_what_to_do() {
        let seen = Seen { unsettled: 2, ..Seen::default() };
        let text = told(Mode::Apply, &finished(), &seen);
        for part in [
            "5,000 users",
            "missing",
            "1,200",
            "never seen here",
            "a row was made",
            "usr_b",
            "2 of the differences are younger than 600 s",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert_eq!(text.lines().last(), Some("not in step"));
        assert_eq!(told(Mode::Apply, &Run { in_step: true, ..finished() }, &seen).lines().last(), Some("in step"));
    }

    #[test]
    fn orphans_come_with_their_age_and_with_what_keeps_them() {
        let now = Clock::system().now();
        let first = now.minus(Duration::from_secs(40 * 86_400));
        let orphan = ("usr_o".to_owned(), first, Some(now.minus(Duration::from_secs(7_200))), None);
        let seen = Seen { orphans: vec![orphan], all_orphans: 3, ..Seen::default() };
        let text = told(Mode::Check, &Run { withheld: Some("witness".to_owned()), ..finished() }, &seen);
        for part in
            ["usr_o", "6 weeks ago", "2 hours ago", "reported", "2 more orphans", "no orphan was deleted (witness)"]
        {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn whoever_is_not_let_in_or_stopped_is_told_how_to_go_on() {
        let busy = Run { status: Status::Busy, holder: Some("ada-7".to_owned()), ..Run::default() };
        assert!(told(Mode::Apply, &busy, &Seen::default()).contains("--owner ada-7"));
        let stopped = Run { status: Status::Unfinished, ..finished() };
        let text = told(Mode::Apply, &stopped, &Seen::default());
        assert!(text.contains("the same command goes on") && !text.contains("in step"), "{text}");
    }
}
