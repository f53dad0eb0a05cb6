//! What a run did, a JSON line an action, appended as it happens: without anybody's values.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};
use shared::reconcile::Finding;
use shared::stripe_reconcile::LinkFinding;

use super::differences::field_names;
use super::links;
use crate::place::Source;
use crate::times::day;

/// The log of one run.
pub(super) struct ActionLog {
    file: File,
    clock: Clock,
}

impl ActionLog {
    /// Opens `DIR/SOURCE-sync-DAY.log`, and makes the folder if it is not there.
    pub(super) fn open(folder: &Path, source: Source, now: Timestamp) -> Result<Self, String> {
        let path = folder.join(format!("{}-sync-{}.log", source.as_str(), day(now)));
        let open = || {
            std::fs::create_dir_all(folder)?;
            OpenOptions::new().create(true).append(true).open(&path)
        };
        let file = open().map_err(|error| {
            format!("the log {} cannot be written ({}); --log-dir names another folder", path.display(), error.kind())
        })?;
        Ok(Self { file, clock: Clock::system() })
    }

    /// Appends a finding, if something was done about it.
    pub(super) fn append(&self, run_id: &str, finding: &Finding) -> io::Result<()> {
        self.write(line(run_id, finding, self.clock.now()))
    }

    /// The same of a finding about a customer.
    pub(super) fn append_link(&self, run_id: &str, finding: &LinkFinding) -> io::Result<()> {
        self.write(links::action(run_id, finding, self.clock.now()))
    }

    fn write(&self, line: Option<Value>) -> io::Result<()> {
        let Some(line) = line else { return Ok(()) };
        // In one piece, so that two runs in one file never share a line.
        (&self.file).write_all(format!("{line}\n").as_bytes())
    }
}

fn line(run_id: &str, Finding { found, applied }: &Finding, now: Timestamp) -> Option<Value> {
    let written = applied.word()?;
    Some(json!({
        "time": now.to_rfc3339(),
        "runId": run_id,
        "userId": found.user_id().as_str(),
        "cause": found.cause.as_str(),
        "written": written,
        "fields": field_names(found),
    }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use shared::domain::{Cause, Outcome};
    use shared::reconcile::Applied;

    use super::*;
    use crate::run::findings::testing::found;

    #[test]
    fn an_action_is_a_line_of_names_and_a_mere_finding_is_none() {
        let finding = Finding { found: found(Cause::ProfileOlder), applied: Applied::Upserted(Outcome::Updated) };
        let told = line("1-a", &finding, Timestamp::ZERO).unwrap();
        let user_id = finding.found.user_id();
        assert_eq!(
            told,
            json!({"time": "1970-01-01T00:00:00Z", "runId": "1-a", "userId": user_id.as_str(), "cause": "profile_older",
                "written": "updated", "fields": ["email", "name", "nickname"]})
        );
        assert_eq!(line("1-a", &Finding { applied: Applied::Nothing, ..finding }, Timestamp::ZERO), None);
    }
}
