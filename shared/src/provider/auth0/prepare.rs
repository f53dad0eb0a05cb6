//! Which way a listing goes: a small tenant by pages, any other by an export job.

use std::time::Duration;

use reqwest::{Method, Request};
use serde::Deserialize;

use super::job::{EXPORT, Job, JobId};
use super::listing::{CAP, is_capped};
use super::{Auth0, CREDENTIALS, call};
use crate::clock::Timestamp;
use crate::provider::error::{Call, ProviderError};
use crate::provider::ready::{By, Readiness, Ready, Way};
use crate::wire::lenient::Whole;

const COUNT: Call = call("count its users");
/// No job is older: Auth0 forgets them.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// What the search says of its number of users.
struct Counted {
    as_of: Timestamp,
    total: Option<u64>,
    capped: bool,
}

#[derive(Deserialize)]
struct RawCount {
    #[serde(default)]
    total: Whole,
}

/// See [`crate::provider::Source::prepare`].
pub(super) async fn prepare(auth0: &Auth0, way: Way<'_>) -> Result<Readiness, ProviderError> {
    let mut expected = None;
    let id = match way {
        Way::Resumed(text) => {
            let id = JobId::resumed(text)?;
            let job = auth0.export(&id).await?;
            return readiness(auth0, id, job, None).await;
        }
        Way::Unlimited => auth0.begin_export().await?,
        Way::Shortest => {
            let Counted { as_of, total, capped } = counted(auth0, None).await?;
            if !capped {
                return Ok(Readiness::Ready(Ready { as_of, expected: total, by: By::Pages }));
            }
            expected = total;
            auth0.begin_export().await?
        }
    };
    // A small job may be complete already, and one that is not known everywhere yet has not vanished.
    match auth0.export(&id).await? {
        Job::Vanished => Ok(Readiness::Preparing { resume: id.as_str().to_owned(), percent: None }),
        job => readiness(auth0, id, job, expected).await,
    }
}

async fn readiness(
    auth0: &Auth0,
    id: JobId,
    job: Job,
    counted_before: Option<u64>,
) -> Result<Readiness, ProviderError> {
    match job {
        Job::Vanished => Err(vanished()),
        Job::Underway { percent } => Ok(Readiness::Preparing { resume: id.as_str().to_owned(), percent }),
        Job::Completed { created_at, .. } => {
            let as_of = created_at.unwrap_or_else(|| auth0.0.clock.now().minus(KEPT));
            let expected = match counted_before {
                // For a progress bar only: nothing hangs on it.
                None => counted(auth0, Some(1)).await.ok().and_then(|counted| counted.total),
                told => told,
            };
            Ok(Readiness::Ready(Ready { as_of, expected, by: By::Export(id.as_str().to_owned()) }))
        }
    }
}

/// For a job that was there once.
pub(super) fn vanished() -> ProviderError {
    let what = "the export job is gone, as each is after 24 hours; the next run begins a new one";
    ProviderError::Export { call: EXPORT, what }
}

/// Asks the search for its total: one user is the smallest page.
async fn counted(auth0: &Auth0, attempts: Option<u32>) -> Result<Counted, ProviderError> {
    let mut url = auth0.0.users.clone();
    url.query_pairs_mut()
        .append_pair("page", "0")
        .append_pair("per_page", "1")
        .append_pair("include_totals", "true")
        .append_pair("fields", "user_id")
        .append_pair("include_fields", "true");
    let answer = auth0.ask_at_most(attempts, COUNT, Request::new(Method::GET, url)).await?;
    let as_of = answer.sent_at;
    if is_capped(&answer) {
        return Ok(Counted { as_of, total: None, capped: true });
    }
    let count: RawCount = answer.success(COUNT, CREDENTIALS)?.json(COUNT)?;
    let total = count.total.number().and_then(|total| u64::try_from(total).ok());
    Ok(Counted { as_of, total, capped: total.is_some_and(|total| total >= CAP) })
}
