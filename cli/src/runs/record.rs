//! One run, as it is recorded.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};
use shared::clock::Timestamp;
use shared::store::{Run, Status};
use shared::stripe_reconcile::STRIPE;

use crate::look::{Look, shown};
use crate::times::{span, when};
use crate::words;

/// A run tells that it lives every 15 s: silent for so long, it does not.
const SILENT: Duration = Duration::from_secs(120);

/// How a run stands; one that is told to be under way, and is silent, was interrupted.
pub(super) fn stands(run: &Run, now: Timestamp) -> &'static str {
    match run.status {
        Status::Running if now.since(run.seen_at) > SILENT => "interrupted",
        status => status.as_str(),
    }
}

/// The same, with what is known of the end.
pub(super) fn ended(run: &Run, now: Timestamp) -> String {
    match stands(run, now) {
        "finished" if run.in_step => "in step".to_owned(),
        "finished" => "not in step".to_owned(),
        other => other.to_owned(),
    }
}

/// `missing 3, orphan 1`.
pub(super) fn counts(counts: &BTreeMap<String, u64>) -> String {
    let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
    counts.join(", ")
}

/// The answer of the run, and what else is recorded.
pub(super) fn json(run: &Run, now: Timestamp) -> Value {
    let mut told = reconcile::answer(run);
    let more = json!({
        "status": stands(run, now),
        "source": run.source,
        "mode": run.mode,
        "owner": run.owner,
        "stage": run.stage,
        "startedAt": run.started_at.millis(),
        "seenAt": run.seen_at.millis(),
    });
    if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
        told.extend(more);
        told.extend(run.error.iter().map(|error| ("error".to_owned(), json!(error))));
    }
    told
}

/// All of it, for people.
pub(super) fn print(run: &Run, now: Timestamp, look: Look, out: &mut impl Write) -> io::Result<()> {
    let optional = |text: &Option<String>| text.as_deref().map(shown).unwrap_or_default();
    let lines = [
        ("run", run.run_id.clone()),
        ("source", run.source.clone()),
        ("mode", run.mode.clone()),
        ("owner", shown(&run.owner)),
        ("status", stands(run, now).to_owned()),
        ("in step", if run.in_step { "yes" } else { "no" }.to_owned()),
        ("began", when(run.started_at, now)),
        ("last heard of", when(run.seen_at, now)),
        ("took", span(run.took())),
        ("stage", run.stage.clone()),
        ("users listed", run.listed.to_string()),
        ("users failed", run.failures.to_string()),
        ("error", optional(&run.error)),
        ("nobody deleted", run.withheld.as_deref().map(words::withheld).unwrap_or_default().to_owned()),
        ("goes on with", optional(&run.resume)),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{name:<15} {value}")?;
    }
    let found = |(word, count): (&String, &u64)| {
        [word.clone(), count.to_string(), words::known(&run.source, word).map_or("", words::Known::meaning).to_owned()]
    };
    let written = |(word, count): (&String, &u64)| [word.clone(), count.to_string(), words::outcome(word).to_owned()];
    look.table(["found", "count", ""], &run.counts.iter().map(found).collect::<Vec<_>>(), out)?;
    look.table(["written", "count", ""], &run.outcomes.iter().map(written).collect::<Vec<_>>(), out)?;
    let notice = |(cause, user_id, linked_to): &(String, String, Option<String>)| {
        [cause.clone(), user_id.clone(), linked_to.clone().unwrap_or_default()]
    };
    // Of Stripe, whoever is drift is named too.
    let (what, other) = if run.source == STRIPE { ("cause", "customer") } else { ("notice", "linked into") };
    look.table([what, "user", other], &run.notices.iter().map(notice).collect::<Vec<_>>(), out)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    fn run(status: Status) -> Run {
        let counts = BTreeMap::from([("missing".to_owned(), 3), ("orphan".to_owned(), 1)]);
        Run { run_id: "1-a".to_owned(), status, started_at: at(900), seen_at: at(1_000), counts, ..Run::default() }
    }

    #[test]
    fn a_run_that_fell_silent_was_interrupted_and_one_that_ended_was_not() {
        assert_eq!(stands(&run(Status::Running), at(1_120)), "running");
        assert_eq!(stands(&run(Status::Running), at(1_121)), "interrupted");
        assert_eq!(stands(&run(Status::Failed), at(9_999)), "failed");
    }

    #[test]
    fn a_record_is_the_runs_answer_and_more() {
        let failed = Run { error: Some("out".to_owned()), owner: "ada".to_owned(), ..run(Status::Failed) };
        let told = json(&failed, at(2_000));
        let expected = json!({"runId": "1-a", "status": "failed", "inStep": false, "listed": 0, "failures": 0,
            "counts": {"missing": 3, "orphan": 1}, "outcomes": {}, "source": "", "mode": "", "owner": "ada", "stage": "",
            "startedAt": 900_000, "seenAt": 1_000_000, "error": "out"});
        assert_eq!(told, expected);
    }

    #[test]
    fn people_read_it_line_by_line_without_what_is_not_there() {
        let mut out = Vec::new();
        print(&run(Status::Running), at(5_000), Look::Plain, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("interrupted") && text.contains("1 min 40 s") && !text.contains("error"), "{text}");
    }
}
