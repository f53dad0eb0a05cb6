//! Export jobs: begun, asked for, and judged.

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::{Deserialize, Serialize};

use super::{Auth0, CREDENTIALS, NAME, call};
use crate::clock::Timestamp;
use crate::provider::error::{Call, ProviderError};
use crate::provider::path::segment;
use crate::wire::auth0_user::Auth0User;
use crate::wire::lenient::{Text, Whole};

const BEGIN: Call = call("begin an export of its users");
/// What the errors of a job name.
pub(super) const EXPORT: Call = call("export its users");
/// A job that takes longer hangs: Auth0 exports a million users in a fraction of it.
const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);
/// How often a job is tried to be begun. Each attempt whose answer is lost may have begun one, to nobody's harm.
const ATTEMPTS: u32 = 2;

/// A job's name, fit to be part of a URL.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct JobId(String);

impl JobId {
    /// `job_` and letters and digits, as Auth0 writes them; any short word of these signs is taken.
    pub(super) fn read(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        ((1..=100).contains(&text.len()) && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// What somebody resumes with.
    pub(super) fn resumed(text: &str) -> Result<Self, ProviderError> {
        Self::read(text).ok_or(ProviderError::Unusable { provider: NAME, what: "this is no id of an export job" })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a job stands.
pub(super) enum Job {
    /// Its file can be fetched.
    Completed {
        /// Where, for the next 60 seconds.
        location: Url,
        /// When the job was begun, if it tells.
        created_at: Option<Timestamp>,
    },
    /// Not yet.
    Underway {
        /// How far it is, if it tells.
        percent: Option<u8>,
    },
    /// There is no such job: its 24 hours are over, or it is not known yet.
    Vanished,
}

/// Source: `POST /api/v2/jobs/users-exports`, which takes no other fields.
#[derive(Serialize)]
struct Asked {
    format: &'static str,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    name: &'static str,
}

/// Source: `GET /api/v2/jobs/{id}`, whose words for `status` are open.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct RawJob {
    id: Text,
    #[serde(rename = "type")]
    kind: Text,
    status: Text,
    location: Text,
    created_at: Text,
    percentage_done: Whole,
}

impl Auth0 {
    /// Begins an export of everybody.
    pub(super) async fn begin_export(&self) -> Result<JobId, ProviderError> {
        let unreadable = |what| ProviderError::Unreadable { call: BEGIN, what };
        let fields = Auth0User::FIELDS.split(',').map(|name| Field { name }).collect();
        let body = serde_json::to_vec(&Asked { format: "json", fields });
        let mut request = Request::new(Method::POST, self.below_jobs("users-exports"));
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.map_err(|_| unreadable("the request is no JSON"))?.into());
        let answer = self.ask_at_most(Some(ATTEMPTS), BEGIN, request).await?;
        // Whoever begins something may answer 201 or 202 as well.
        let begun = matches!(answer.status, StatusCode::CREATED | StatusCode::ACCEPTED);
        let answer = if begun { answer } else { answer.success(BEGIN, CREDENTIALS)? };
        let job: RawJob = answer.json(BEGIN)?;
        job.id.text().and_then(JobId::read).ok_or_else(|| unreadable("the answer names no job"))
    }

    /// How a job stands.
    pub(super) async fn export(&self, id: &JobId) -> Result<Job, ProviderError> {
        let segment = segment(id.as_str());
        let segment = segment.ok_or(ProviderError::Unusable { provider: NAME, what: "the job cannot be asked for" })?;
        let answer = self.ask(EXPORT, &self.below_jobs(&segment)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(Job::Vanished);
        }
        let answer = answer.success(EXPORT, CREDENTIALS)?;
        let job: RawJob = answer.json(EXPORT)?;
        job.judged(id, answer.answered_at)
    }

    fn below_jobs(&self, segment: &str) -> Url {
        let mut url = self.0.jobs.clone();
        url.set_path(&format!("{}/{segment}", url.path()));
        url
    }
}

impl RawJob {
    fn judged(&self, id: &JobId, answered_at: Timestamp) -> Result<Job, ProviderError> {
        let failed = |what| Err(ProviderError::Export { call: EXPORT, what });
        let other = |told: &Text, than: &str| told.text().is_some_and(|told| told != than);
        if other(&self.id, id.as_str()) || other(&self.kind, "users_export") {
            return failed("the job that it tells of is no export of ours; the next run begins a new one");
        }
        let created_at = self.created_at.text().and_then(Timestamp::from_rfc3339);
        match (self.status.text(), self.location.text()) {
            (Some("failed"), _) => failed("the export job failed; the next run begins a new one"),
            (Some("completed"), Some(location)) => match Url::parse(location) {
                Ok(location) => Ok(Job::Completed { location, created_at }),
                Err(_) => failed("the link to its file is none; the next run begins a new job"),
            },
            // Both times are the provider's: our own clock may be off.
            _ if created_at.is_some_and(|created_at| answered_at.since(created_at) > LONGEST) => {
                failed("the export job hangs, not complete after 2 hours; the next run begins a new one")
            }
            _ => Ok(Job::Underway {
                percent: self.percentage_done.number().and_then(|percent| u8::try_from(percent.clamp(0, 100)).ok()),
            }),
        }
    }
}
