//! Export jobs: asked for, polled, and fetched as one file by a link that is good for a minute.
//!
//! Auth0 documents the job, the life of its link and of the job; that the file is compressed, what a refused link
//! answers, and the steps of the status are as its clients find them.

mod column;
mod connection;
mod faults;
mod file;
mod job;
mod link;
mod lines;
mod request;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use super::Auth0StandIn;
use super::refused::Refused;
use crate::stand_in::draw::Draw;
use crate::stand_in::lock;

pub(super) use connection::connection_id;
pub use faults::ExportFaults;
pub(super) use file::{Fetched, body};
pub(super) use link::{LinkRefused, Signer};
pub(super) use request::Asked;

use faults::Download;
use job::Job;

/// How long a job is remembered, in milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1000;

/// The jobs of one tenant, and how they misbehave.
#[derive(Debug)]
pub(super) struct Exports {
    takes: Duration,
    signer: Signer,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    jobs: HashMap<String, Job>,
    draw: Draw,
    faults: ExportFaults,
    downloads: u64,
}

impl Exports {
    pub(super) fn new(takes: Duration, key: &str, seed: u64) -> Self {
        let state =
            State { jobs: HashMap::new(), draw: Draw::new(seed), faults: ExportFaults::default(), downloads: 0 };
        Self { takes, signer: Signer::new(key), state: Mutex::new(state) }
    }

    /// Begins a job, and gives it as the answer to its creation.
    pub(super) fn begin(&self, asked: Asked, now: i64) -> Job {
        let mut state = lock(&self.state);
        state.jobs.retain(|_, job| now - job.created_at < KEPT);
        let job = Job { id: state.draw.letters("job_", 16), asked: asked.into(), created_at: now };
        state.jobs.insert(job.id.clone(), job.clone());
        job
    }

    /// How far a job is; a finished one has a new link below `base_url`.
    pub(super) fn told(&self, id: &str, base_url: &str, now: i64) -> Result<serde_json::Value, Refused> {
        let (job, faults) = self.find(id, now).ok_or(Refused::NoJob)?;
        Ok(job
            .told(job.status(&faults, self.takes(&faults), now), || format!("{base_url}{}", self.signer.link(id, now))))
    }

    /// The job whose file a link names, when it ended, and what becomes of this download of it.
    fn download(&self, id: &str, query: &str, now: i64) -> Result<(Job, i64, Download), LinkRefused> {
        self.signer.check(id, query, now)?;
        let (job, faults) = self.find(id, now).ok_or(LinkRefused::NoFile)?;
        let ended_at = job.ended_at(self.takes(&faults));
        let mut state = lock(&self.state);
        state.downloads += 1;
        let download = state.faults.download(state.downloads).ok_or(LinkRefused::Expired)?;
        Ok((job, ended_at, download))
    }

    fn find(&self, id: &str, now: i64) -> Option<(Job, ExportFaults)> {
        let state = lock(&self.state);
        let job = state.jobs.get(id).filter(|job| now - job.created_at < KEPT && !state.faults.vanishes)?;
        Some((job.clone(), state.faults.clone()))
    }

    fn takes(&self, faults: &ExportFaults) -> Duration {
        faults.takes_ms.map_or(self.takes, Duration::from_millis)
    }
}

impl Auth0StandIn {
    /// The faults that exports show at the moment.
    pub fn export_faults(&self) -> ExportFaults {
        lock(&self.it.exports.state).faults.clone()
    }

    /// Sets other faults, for jobs that have begun too, and counts downloads anew.
    pub fn set_export_faults(&self, faults: ExportFaults) {
        let mut state = lock(&self.it.exports.state);
        state.faults = faults;
        state.downloads = 0;
    }
}
