//! Listings by the file of an export.

use std::io::Write;

use axum::body::{Body, Bytes};
use axum::response::IntoResponse;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::*;
use crate::provider::users::Summary;

pub(super) const JOB: &str = "/api/v2/jobs/job_1";
pub(super) const FILE: &str = "/file";

pub(super) fn lines(count: usize) -> Vec<u8> {
    (0..count).flat_map(|number| format!("{}\n", user(number)).into_bytes()).collect()
}

pub(super) fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A tenant whose job is complete, and whose link is answered by a function that counts.
pub(super) async fn exporting(file: impl Fn(usize) -> Response + Send + Sync + 'static) -> Stub {
    let fetched = std::sync::atomic::AtomicUsize::new(0);
    tenant(move |_, asked| match asked.path.as_str() {
        FILE => file(fetched.fetch_add(1, std::sync::atomic::Ordering::SeqCst)),
        _ => answer(200, job("completed", asked)),
    })
    .await
}

pub(super) fn exported() -> Ready {
    Ready { as_of: Timestamp::from_millis(1_700_000_000_000).unwrap(), expected: None, by: By::Export("job_1".into()) }
}

pub(super) async fn list(stub: &Stub) -> Result<Vec<Page>, ProviderError> {
    client(stub).listing(exported()).try_collect().await
}

pub(super) fn named(pages: &[Page]) -> usize {
    pages.iter().map(|page| page.users.len()).sum()
}

#[tokio::test]
async fn a_file_is_listed_in_pages_packed_or_not() {
    for file in [lines(1200), packed(&lines(1200))] {
        let stub = exporting(move |_| Response::new(file.clone().into())).await;
        let pages = list(&stub).await.unwrap();
        let sizes: Vec<usize> = pages.iter().map(|page| page.users.len()).collect();
        let summaries: Vec<_> = pages.iter().map(|page| page.summary).collect();
        assert_eq!(sizes, [500, 500, 200]);
        assert_eq!(summaries, [None, None, Some(Summary::of_whole_file(1200))]);
        assert_eq!(pages[1].users[0].identity.subject(), "auth0|0500");
        assert_eq!(pages[1].users[0].profile.version().observed_at.millis(), 1_700_000_000_000);
        assert_eq!([JOB, FILE].map(|path| stub.times(path)), [1, 1]);
    }
}

#[tokio::test]
async fn the_token_stays_with_auth0() {
    let stub = exporting(|_| Response::new(packed(&lines(1)).into())).await;
    list(&stub).await.unwrap();
    let bearer = |path: &str| {
        let asked = stub.asked().into_iter().find(|asked| asked.path == path).unwrap();
        asked.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!((bearer(JOB).as_deref(), bearer(FILE)), (Some("Bearer token-0"), None));
}

#[tokio::test]
async fn the_file_may_lie_at_any_host_and_nobody_is_redirected() {
    let storage = Stub::start(|_, asked| match asked.path.as_str() {
        "/bucket/users.gz" => Response::new(packed(&lines(3)).into()),
        _ => (StatusCode::FOUND, [("location", "/bucket/users.gz")]).into_response(),
    })
    .await;
    for (path, is_followed) in [("/bucket/users.gz", true), ("/elsewhere", false)] {
        let link = format!("{}{path}?X-Amz-Signature=canary", storage.base);
        let stub = tenant(move |_, asked| {
            let mut job = job("completed", asked);
            job["location"] = json!(link);
            answer(200, job)
        })
        .await;
        match list(&stub).await {
            Ok(pages) => assert!(is_followed && named(&pages) == 3),
            Err(error) => assert!(!is_followed && error.to_string().ends_with("it answers with status 302"), "{error}"),
        }
    }
    assert!(storage.asked().iter().all(|asked| asked.headers.get("authorization").is_none()));
    assert_eq!(storage.asked().len(), 2);
}

#[tokio::test]
async fn a_link_to_anything_but_the_web_is_refused() {
    for link in ["ftp://127.0.0.1/file", "file:///etc/hostname", "data:,x"] {
        let stub = tenant(move |_, asked| {
            let mut job = job("completed", asked);
            job["location"] = json!(link);
            answer(200, job)
        })
        .await;
        assert!(list(&stub).await.unwrap_err().to_string().contains("not https"));
    }
}

#[tokio::test]
async fn the_file_does_not_wait_for_the_turn_of_the_management_api() {
    let reset = Clock::system().now().seconds() + 3000;
    let stub = tenant(move |_, asked| {
        if asked.path == FILE {
            return Response::new(packed(&lines(3)).into());
        }
        let mut response = answer(200, job("completed", asked));
        for (name, value) in [("x-ratelimit-remaining", 0), ("x-ratelimit-limit", 2), ("x-ratelimit-reset", reset)] {
            response.headers_mut().insert(name, value.into());
        }
        response
    })
    .await;
    let auth0 = client_at(&stub, 100, Clock::system());
    let pages: Vec<Page> = auth0.listing(exported()).try_collect().await.unwrap();
    assert_eq!(named(&pages), 3);
    // The API itself is left alone until then.
    assert!(matches!(auth0.user("auth0|1").await, Err(ProviderError::Refused { status: 429, .. })));
}

#[tokio::test]
async fn a_link_that_expired_is_asked_for_anew() {
    for status in [400, 403, 404, 410] {
        let stub = exporting(move |before| match before {
            0 | 1 => answer(status, json!({"canary": 1})),
            _ => Response::new(packed(&lines(3)).into()),
        })
        .await;
        assert_eq!(named(&list(&stub).await.unwrap()), 3);
        assert_eq!([JOB, FILE].map(|path| stub.times(path)), [3, 3]);
    }
}

#[tokio::test]
async fn a_link_that_is_never_accepted_ends_the_listing() {
    let stub = exporting(|_| answer(403, json!({"canary": 1}))).await;
    let text = list(&stub).await.unwrap_err().to_string();
    assert!(text.contains("three fresh links to the file were refused") && !text.contains("canary"), "{text}");
    assert_eq!([JOB, FILE].map(|path| stub.times(path)), [3, 3]);
}

#[tokio::test]
async fn a_job_that_vanished_or_went_back_before_the_file_was_fetched_is_told() {
    let vanished = tenant(|_, _| answer(404, json!({"statusCode": 404}))).await;
    let back = tenant(|_, asked| {
        let mut job = job("processing", asked);
        job["created_at"] = Value::Null;
        answer(200, job)
    })
    .await;
    for (stub, why) in [(vanished, "the export job is gone"), (back, "not complete any more")] {
        let text = list(&stub).await.unwrap_err().to_string();
        assert!(text.contains(why) && text.contains("the next run begins a new one"), "{text}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_in_the_middle_is_renewed_once() {
    let stub = tenant(|_, asked| match (asked.path.as_str(), asked.header("authorization")) {
        (FILE, _) => Response::new(packed(&lines(3)).into()),
        (_, "Bearer token-1") => answer(200, job("completed", asked)),
        _ => answer(401, json!({"statusCode": 401})),
    })
    .await;
    assert_eq!(named(&list(&stub).await.unwrap()), 3);
    assert_eq!([JOB, FILE, "/oauth/token"].map(|path| stub.times(path)), [2, 1, 2]);
}

#[tokio::test]
async fn nothing_is_asked_before_it_is_wanted_and_reading_ends_with_its_reader() {
    let held = Arc::new(());
    let (held_by_file, member) = (held.clone(), packed(&lines(5000)));
    // Members without end: only the reader's going ends it.
    let stub = exporting(move |_| {
        let members = stream::repeat((held_by_file.clone(), member.clone()));
        let members = members.map(|(_, member)| Ok::<_, std::io::Error>(Bytes::from(member)));
        Response::new(Body::from_stream(members))
    })
    .await;
    let mut listing = Box::pin(client(&stub).listing(exported()));
    assert_eq!(stub.asked().len(), 0);
    assert_eq!(listing.next().await.unwrap().unwrap().users.len(), 500);
    assert!(Arc::strong_count(&held) > 2, "the file is on its way");
    drop(listing);
    while Arc::strong_count(&held) > 2 {
        tokio::task::yield_now().await;
    }
}
