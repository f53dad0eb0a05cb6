//! All users by the file of an export job, as a stream that is one page ahead of its reader.

use futures_util::stream::{Stream, try_unfold};
use http::StatusCode;
use reqwest::Url;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::file::{Fault, File};
use super::job::{EXPORT, Job, JobId};
use super::prepare::vanished;
use super::{Auth0, call};
use crate::clock::Timestamp;
use crate::provider::client::Download;
use crate::provider::error::{Call, ProviderError};
use crate::provider::users::Page;

const FETCH: Call = call("hand over the file of its users");
/// How many links are tried, one after the other, before the file begins to come.
const LINKS: u32 = 3;
/// How often the file may break off, or not begin to come, before the listing ends.
const PASSES: u32 = 3;

/// A file to be listed.
struct Export {
    auth0: Auth0,
    job: JobId,
    as_of: Timestamp,
}

/// Why one reading of the file ended before its end.
enum Ended {
    /// In a way that may pass.
    Broken(ProviderError),
    /// For good.
    Failed(ProviderError),
}

impl From<Fault> for Ended {
    fn from(Fault(what): Fault) -> Self {
        Self::Failed(ProviderError::Export { call: EXPORT, what })
    }
}

/// All users of a completed job. The first request goes out with the first poll.
pub(super) fn listing(
    auth0: Auth0,
    job: String,
    as_of: Timestamp,
) -> impl Stream<Item = Result<Page, ProviderError>> + Send + use<> {
    enum Next {
        Begin(Auth0, String, Timestamp),
        Await(OnItsWay),
    }
    try_unfold(Next::Begin(auth0, job, as_of), async |next| {
        let mut on_its_way = match next {
            Next::Begin(auth0, job, as_of) => OnItsWay::begin(Export { auth0, job: JobId::resumed(&job)?, as_of }),
            Next::Await(on_its_way) => on_its_way,
        };
        Ok(on_its_way.page().await?.map(|page| (page, Next::Await(on_its_way))))
    })
}

/// The reading of the file. Whoever stops taking its pages ends it.
struct OnItsWay {
    pages: Receiver<Page>,
    task: JoinHandle<Result<(), ProviderError>>,
}

impl OnItsWay {
    fn begin(export: Export) -> Self {
        let (sender, pages) = channel(1);
        Self { pages, task: tokio::spawn(async move { export.read(&sender).await }) }
    }

    async fn page(&mut self) -> Result<Option<Page>, ProviderError> {
        if let Some(page) = self.pages.recv().await {
            return Ok(Some(page));
        }
        let broke_off = ProviderError::Unreadable { call: FETCH, what: "reading broke off" };
        (&mut self.task).await.unwrap_or(Err(broke_off)).map(|()| None)
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Export {
    /// Reads the file to its end. One that breaks off is read from its beginning: who is named again is no other.
    async fn read(&self, pages: &Sender<Page>) -> Result<(), ProviderError> {
        let mut broken = 0;
        loop {
            match self.pass(pages).await {
                Ok(()) => return Ok(()),
                Err(Ended::Failed(error)) => return Err(error),
                Err(Ended::Broken(error)) => {
                    broken += 1;
                    if broken >= PASSES {
                        return Err(error);
                    }
                    sleep(self.auth0.0.limits.after_failure(broken)).await;
                }
            }
        }
    }

    async fn pass(&self, pages: &Sender<Page>) -> Result<(), Ended> {
        let mut download = self.open().await?;
        let mut file = File::new(self.as_of);
        while let Some(chunk) = download.chunk().await.map_err(Ended::Broken)? {
            let mut bytes: &[u8] = &chunk;
            while !bytes.is_empty() {
                let taken = file.take(bytes)?;
                bytes = bytes.get(taken..).unwrap_or_default();
                send(pages, file.full()).await;
            }
        }
        send(pages, file.end(download.is_framed)?).await;
        Ok(())
    }

    /// Opens the file by a fresh link; by another one when that has expired already.
    async fn open(&self) -> Result<Download, Ended> {
        const EXPIRED: &str = "three fresh links to the file were refused; the next run begins a new job";
        for _ in 0..LINKS {
            let link = self.link().await.map_err(Ended::Failed)?;
            let download = self.auth0.0.api.open(FETCH, link).await.map_err(Ended::Broken)?;
            let status = download.status;
            let refused = ProviderError::Refused { call: FETCH, status: status.as_u16() };
            match status {
                StatusCode::OK => return Ok(download),
                StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {}
                StatusCode::TOO_MANY_REQUESTS => return Err(Ended::Broken(refused)),
                _ if status.is_server_error() => return Err(Ended::Broken(refused)),
                _ => return Err(Ended::Failed(refused)),
            }
        }
        Err(Ended::Failed(ProviderError::Export { call: EXPORT, what: EXPIRED }))
    }

    /// A fresh link.
    async fn link(&self) -> Result<Url, ProviderError> {
        let failed = |what| Err(ProviderError::Export { call: EXPORT, what });
        match self.auth0.export(&self.job).await? {
            Job::Vanished => Err(vanished()),
            Job::Underway { .. } => failed("the export job is not complete any more; the next run begins a new one"),
            Job::Completed { location, .. } if may_lead_to(location.scheme(), self.auth0.0.users.scheme()) => {
                Ok(location)
            }
            Job::Completed { .. } => failed("the link to its file is not https; the next run begins a new job"),
        }
    }
}

/// A link leads to any host, for the file lies at a storage service; over https, or http where Auth0 itself is asked so.
fn may_lead_to(scheme: &str, base: &str) -> bool {
    scheme == "https" || (scheme == "http" && base == "http")
}

/// Nobody listens any more when it fails: then this reading is ended, too.
async fn send(pages: &Sender<Page>, ready: Vec<Page>) {
    for page in ready {
        if pages.send(page).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_https_unless_auth0_itself_is_asked_over_http() {
        for (scheme, base, may) in [
            ("https", "https", true),
            ("https", "http", true),
            ("http", "http", true),
            ("http", "https", false),
            ("ftp", "http", false),
        ] {
            assert_eq!(may_lead_to(scheme, base), may, "{scheme} {base}");
        }
    }
}
