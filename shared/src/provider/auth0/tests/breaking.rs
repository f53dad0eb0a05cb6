//! Files that break off, and files that are not whole.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::export::{FILE, JOB, exported, exporting, lines, list, named, packed};
use super::*;
use crate::provider::users::Summary;

/// The beginning of an answer whose connection breaks then.
fn broken(bytes: Vec<u8>) -> Response {
    let parts = [Ok(Bytes::from(bytes)), Err(std::io::Error::other("broken"))];
    // In between, the first part goes out.
    let parts = stream::iter(parts).then(|part| async {
        tokio::task::yield_now().await;
        part
    });
    Response::new(Body::from_stream(parts))
}

fn half(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}

#[tokio::test]
async fn a_file_that_breaks_off_is_read_again_from_its_beginning_by_a_fresh_link() {
    for file in [lines(2000), packed(&lines(2000))] {
        let stub = exporting(move |before| match before {
            0 | 1 => broken(half(&file)),
            _ => Response::new(file.clone().into()),
        })
        .await;
        let pages = list(&stub).await.unwrap();
        let (last, before) = pages.split_last().unwrap();
        assert_eq!(last.summary, Some(Summary::of_whole_file(2000)), "only the last reading counts");
        assert!(before.iter().all(|page| page.summary.is_none()));
        let mut subjects: Vec<&str> =
            pages.iter().flat_map(|page| &page.users).map(|user| user.identity.subject()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        assert_eq!(subjects.len(), 2000);
        assert_eq!([JOB, FILE].map(|path| stub.times(path)), [3, 3]);
    }
}

#[tokio::test]
async fn a_file_that_always_breaks_off_ends_the_listing_after_three_times() {
    let stub = exporting(|_| broken(half(&packed(&lines(2000))))).await;
    let pages: Vec<_> = client(&stub).listing(exported()).collect().await;
    let (last, before) = pages.split_last().unwrap();
    assert!(before.iter().all(|page| page.as_ref().is_ok_and(|page| page.summary.is_none())));
    let text = last.as_ref().unwrap_err().to_string();
    assert_eq!(text, "Auth0 could not hand over the file of its users: the connection broke");
    assert_eq!(stub.times(FILE), 3);
}

#[tokio::test]
async fn a_storage_that_is_out_for_a_moment_is_asked_again() {
    for status in [500, 503, 429] {
        let stub = exporting(move |before| match before {
            0 => answer(status, json!({})),
            _ => Response::new(packed(&lines(3)).into()),
        })
        .await;
        assert_eq!(named(&list(&stub).await.unwrap()), 3);
        let out = exporting(move |_| answer(status, json!({}))).await;
        assert!(matches!(list(&out).await, Err(ProviderError::Refused { status: told, .. }) if told == status));
        assert_eq!(out.times(FILE), 3);
    }
}

#[tokio::test]
async fn a_body_that_is_shorter_than_its_length_is_not_whole() {
    let stub = exporting(|_| {
        let mut response = Response::new(Body::from_stream(stream::iter([Ok::<_, std::io::Error>(lines(3))])));
        let length = lines(4).len();
        response.headers_mut().insert("content-length", length.into());
        response
    })
    .await;
    assert!(matches!(list(&stub).await, Err(ProviderError::Unreachable { .. })));
    assert_eq!(stub.times(FILE), 3);
}

/// A tenant whose file is sent without any framing, by a server that closes the connection at its end.
async fn unframed(file: Vec<u8>) -> Stub {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link = format!("http://{}/file", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut heard = Vec::new();
            while !heard.ends_with(b"\r\n\r\n") {
                heard.push(socket.read_u8().await.unwrap());
            }
            socket.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
            socket.write_all(&file).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    tenant(move |_, asked| {
        let mut job = job("completed", asked);
        job["location"] = json!(link);
        answer(200, job)
    })
    .await
}

#[tokio::test]
async fn an_end_that_is_told_by_a_closed_connection_alone_is_believed_of_a_packed_file_only() {
    assert_eq!(named(&list(&unframed(packed(&lines(3))).await).await.unwrap()), 3);
    let error = list(&unframed(lines(3)).await).await.unwrap_err();
    assert!(error.to_string().contains("nothing proves that its file is whole"), "{error}");
}

#[tokio::test]
async fn a_file_that_falls_silent_is_not_waited_for_for_ever() {
    let stub = exporting(|_| {
        let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from(packed(&lines(3))))]);
        Response::new(Body::from_stream(begun.chain(stream::pending())))
    })
    .await;
    let limits = Limits { request: Duration::from_millis(400), ..QUICK };
    let auth0 = client_within(&stub, 100, limits, Clock::system());
    let pages: Result<Vec<Page>, _> = auth0.listing(exported()).try_collect().await;
    assert!(matches!(pages, Err(ProviderError::Unreachable { why: "no answer in time", .. })));
    assert_eq!(stub.times(FILE), 3);
}

#[tokio::test]
async fn a_slow_file_is_given_its_time_as_long_as_it_keeps_coming() {
    // Each part comes well within the limit, all of them together far beyond it.
    let limits = Limits { request: Duration::from_millis(1500), ..QUICK };
    let stub = exporting(|_| {
        let file = packed(&lines(3));
        let parts: Vec<Bytes> = file.chunks(file.len() / 4 + 1).map(Bytes::copy_from_slice).collect();
        let parts = stream::iter(parts).then(|part| async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            Ok::<_, std::io::Error>(part)
        });
        Response::new(Body::from_stream(parts))
    })
    .await;
    let auth0 = client_within(&stub, 100, limits, Clock::system());
    let pages: Vec<Page> = auth0.listing(exported()).try_collect().await.unwrap();
    assert_eq!((named(&pages), stub.times(FILE)), (3, 1));
}

#[tokio::test]
async fn a_file_that_is_not_whole_ends_the_listing_at_once() {
    let cut = |bytes: Vec<u8>, by: usize| bytes[..bytes.len() - by].to_vec();
    let files = [
        (cut(packed(&lines(900)), 1), "its file is cut off"),
        (cut(packed(&lines(900)), 8), "its file is cut off"),
        (half(&packed(&lines(900))), "its file is cut off"),
        (cut(lines(900), 1), "its file is cut off"),
        (packed(&cut(lines(900), 1)), "its file is cut off"),
        ([packed(&lines(900)), b"canary canary".to_vec()].concat(), "its file is damaged"),
        (b"<html>canary</html>".to_vec(), "a web page"),
        ([lines(900), b"canary\n".to_vec()].concat(), "no JSON"),
        (Vec::new(), "nothing proves that its file is whole"),
    ];
    for (file, why) in files {
        let stub = exporting(move |_| Response::new(file.clone().into())).await;
        let pages: Vec<_> = client(&stub).listing(exported()).collect().await;
        let (last, before) = pages.split_last().unwrap();
        let text = last.as_ref().unwrap_err().to_string();
        assert!(text.contains(why) && text.ends_with("; run again") && !text.contains("canary"), "{text}");
        assert!(before.iter().all(|page| page.as_ref().is_ok_and(|page| page.summary.is_none())));
        assert_eq!(stub.times(FILE), 1);
    }
}
