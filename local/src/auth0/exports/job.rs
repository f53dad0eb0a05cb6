//! A job, and how far it is: a matter of when it began and of the time.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::faults::ExportFaults;
use super::request::Asked;
use crate::stand_in::clock::iso;

/// An export that was asked for.
#[derive(Clone, Debug)]
pub(in crate::auth0) struct Job {
    pub(super) id: String,
    pub(super) asked: Arc<Asked>,
    pub(super) created_at: i64,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Processing { percent: i64, seconds_left: i64 },
    Completed,
    Failed,
}

impl Job {
    /// When the job ends, if nothing goes wrong. The file has who was there by then.
    pub(super) fn ended_at(&self, takes: Duration) -> i64 {
        self.created_at.saturating_add(i64::try_from(takes.as_millis()).unwrap_or(i64::MAX))
    }

    /// A quarter of its time, a job waits to begin.
    pub(super) fn status(&self, faults: &ExportFaults, takes: Duration, now: i64) -> Status {
        let takes = self.ended_at(takes).saturating_sub(self.created_at);
        let passed = now.saturating_sub(self.created_at).max(0);
        if passed < takes / 4 {
            return Status::Pending;
        }
        if passed < takes || faults.hangs {
            let percent = passed.min(takes).saturating_mul(100).checked_div(takes).unwrap_or(100).min(99);
            let left = takes.saturating_sub(passed).max(1);
            return Status::Processing { percent, seconds_left: left.saturating_add(999) / 1000 };
        }
        if faults.fails { Status::Failed } else { Status::Completed }
    }

    /// The answer to the creation of the job.
    pub(in crate::auth0) fn begun(&self) -> Value {
        self.told(Status::Pending, String::new)
    }

    /// The job as `GET /api/v2/jobs/{id}` tells it; `link` makes the link to a finished file.
    pub(super) fn told(&self, status: Status, link: impl FnOnce() -> String) -> Value {
        let (name, more) = match status {
            Status::Pending => ("pending", json!({})),
            Status::Processing { percent, seconds_left } => {
                ("processing", json!({ "percentage_done": percent, "time_left_seconds": seconds_left }))
            }
            Status::Completed => {
                ("completed", json!({ "percentage_done": 100, "time_left_seconds": 0, "location": link() }))
            }
            Status::Failed => ("failed", json!({ "status_details": "The export could not be finished." })),
        };
        let mut it = json!({
            "type": "users_export",
            "status": name,
            "id": self.id,
            "format": "json",
            "created_at": iso(self.created_at),
        });
        let asked = json!({
            "connection_id": self.asked.connection_id, "limit": self.asked.limit, "fields": self.asked.fields,
        });
        for part in [asked, more] {
            if let (Some(it), Value::Object(part)) = (it.as_object_mut(), part) {
                it.extend(part.into_iter().filter(|(_, value)| !value.is_null()));
            }
        }
        it
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn status(faults: &ExportFaults, takes: Duration, now: i64) -> Status {
        let asked = Asked::read(br#"{"format":"json"}"#).unwrap();
        Job { id: String::new(), asked: asked.into(), created_at: 1000 }.status(faults, takes, now)
    }

    #[test]
    fn a_job_waits_works_and_ends() {
        let none = ExportFaults::default();
        assert_eq!(status(&none, SECOND, 1249), Status::Pending);
        assert_eq!(status(&none, SECOND, 1500), Status::Processing { percent: 50, seconds_left: 1 });
        assert_eq!(status(&none, SECOND, 1999), Status::Processing { percent: 99, seconds_left: 1 });
        assert_eq!(status(&none, SECOND, 2000), Status::Completed);
        assert_eq!(status(&none, Duration::ZERO, 1000), Status::Completed);
    }

    #[test]
    fn a_job_fails_at_its_end_or_never_ends() {
        let fails = ExportFaults { fails: true, ..ExportFaults::default() };
        assert_eq!(status(&fails, SECOND, 1500), Status::Processing { percent: 50, seconds_left: 1 });
        assert_eq!(status(&fails, SECOND, 2000), Status::Failed);
        let hangs = ExportFaults { hangs: true, ..ExportFaults::default() };
        assert_eq!(status(&hangs, SECOND, i64::MAX), Status::Processing { percent: 99, seconds_left: 1 });
        assert_eq!(status(&hangs, Duration::ZERO, 1000), Status::Processing { percent: 99, seconds_left: 1 });
    }
}
