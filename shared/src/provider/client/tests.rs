//! Answers of all kinds, and none.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response as Given};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use reqwest::{Method, Url};
use serde_json::{Value, json as value};

use super::*;
use crate::provider::testing::{Asked, QUICK, Stub, html, json, too_many};

const CALL: Call = Call { provider: "Auth0", operation: "be tested" };

fn request(base: &Issuer) -> Request {
    let url = Url::parse(&format!("{base}/canary?canary=canary")).unwrap();
    Request::new(Method::GET, url)
}

fn client(base: &Issuer, limits: Limits) -> Client {
    Client::new("Auth0", base, limits, Clock::system()).unwrap()
}

/// One call to a provider that answers so, and how many requests it took.
async fn call(
    limits: Limits,
    answer: impl Fn(usize, &Asked) -> Given + Send + Sync + 'static,
) -> (Result<Answer, ProviderError>, usize) {
    let stub = Stub::start(answer).await;
    let result = client(&stub.base, limits).send(CALL, &request(&stub.base)).await;
    (result, stub.asked().len())
}

fn refused(status: u16) -> ProviderError {
    ProviderError::Refused { call: CALL, status }
}

#[tokio::test]
async fn a_5xx_is_tried_again_and_ends_as_a_refusal() {
    for status in [500, 502, 503, 504] {
        let (result, requests) = call(QUICK, move |_, _| html(status)).await;
        assert_eq!((result.err(), requests), (Some(refused(status)), 3));
    }
    let (result, requests) = call(QUICK, |before, _| json(if before < 2 { 500 } else { 200 }, value!({}))).await;
    assert_eq!((result.unwrap().status, requests), (StatusCode::OK, 3));
}

#[tokio::test]
async fn what_a_repeat_cannot_change_is_asked_once() {
    for status in [302, 400, 401, 403, 404, 409, 422] {
        let (result, requests) = call(QUICK, move |_, _| json(status, value!({}))).await;
        let answer = result.unwrap();
        assert_eq!((answer.status.as_u16(), requests), (status, 1));
        let error = answer.success(CALL, "THIS_VARIABLE").err().unwrap();
        assert_eq!(error.to_string().contains("THIS_VARIABLE"), matches!(status, 401 | 403));
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_unreachable() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let base: Issuer = format!("http://{gone}").parse().unwrap();
    let error = client(&base, QUICK).send(CALL, &request(&base)).await.err();
    assert_eq!(error, Some(ProviderError::Unreachable { call: CALL, why: "no connection" }));
}

#[tokio::test]
async fn an_answer_that_does_not_end_in_time_is_none() {
    let limits = Limits { request: Duration::from_millis(400), attempts: 2, ..QUICK };
    let never = stream::pending::<Result<Bytes, std::io::Error>>;
    let (result, requests) = call(limits, move |_, _| Body::from_stream(never()).into_response()).await;
    assert_eq!(result.err(), Some(ProviderError::Unreachable { call: CALL, why: "no answer in time" }));
    assert_eq!(requests, 2);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let broken = || stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("broken"))]);
    let answer = move |before, _: &Asked| match before {
        0 => Body::from_stream(broken()).into_response(),
        _ => json(200, value!({})),
    };
    let (result, requests) = call(QUICK, answer).await;
    assert_eq!((result.unwrap().status, requests), (StatusCode::OK, 2));
}

#[tokio::test]
async fn refusals_by_the_rate_limit_are_not_counted_as_failures() {
    let (result, requests) =
        call(QUICK, |before, _| if before < 6 { too_many("0") } else { json(200, value!({})) }).await;
    assert_eq!((result.unwrap().status, requests), (StatusCode::OK, 7));
}

#[tokio::test]
async fn one_429_holds_back_every_request_of_the_client() {
    let wait = Duration::from_millis(150);
    let stub = Stub::start(move |_, asked| {
        static OPENS: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        let opens = *OPENS.get_or_init(|| asked.at + wait);
        if asked.at < opens { too_many("0") } else { json(200, value!({})) }
    })
    .await;
    let client = client(&stub.base, Limits { after_429: wait, ..QUICK });
    let request = request(&stub.base);
    let first = client.send(CALL, &request);
    let others = async {
        // They come after the first one was refused, and before it may ask again.
        while stub.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        join_all((0..8).map(|_| client.send(CALL, &request))).await
    };
    let (first, others) = tokio::join!(first, others);
    assert!(first.is_ok() && others.iter().all(Result::is_ok));
    let times: Vec<_> = stub.asked().iter().map(|asked| asked.at).collect();
    let early = times.iter().filter(|at| **at < *times.first().unwrap() + wait).count();
    let refused = times.len() - 9;
    assert_eq!(early, refused, "nobody was refused twice");
}

#[tokio::test]
async fn a_429_that_does_not_end_is_told_when_patience_does() {
    let limits = Limits { patience: Duration::from_millis(600), ..QUICK };
    let (result, requests) = call(limits, |_, _| too_many("0")).await;
    assert_eq!(result.err(), Some(refused(429)));
    assert!((2..=30).contains(&requests), "{requests}");
}

#[tokio::test]
async fn a_wait_beyond_all_patience_is_not_begun() {
    let stub = Stub::start(|_, _| too_many("3600")).await;
    let client = client(&stub.base, QUICK);
    for _ in 0..2 {
        assert_eq!(client.send(CALL, &request(&stub.base)).await.err(), Some(refused(429)));
    }
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn what_is_no_json_of_the_shape_is_unreadable() {
    for body in ["<html>canary</html>", "{\"canary\": tru", "", "5", "[\"canary\"]"] {
        let (result, _) = call(QUICK, move |_, _| Body::from(body).into_response()).await;
        let error = result.unwrap().json::<std::collections::HashMap<String, Value>>(CALL).err().unwrap();
        assert!(matches!(error, ProviderError::Unreadable { .. }), "{body}");
        assert!(!format!("{error}{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn an_answer_past_16_mib_is_not_taken_in() {
    let part = Bytes::from(vec![b' '; 1024 * 1024]);
    let whole = Bytes::from(vec![b' '; 17 * 1024 * 1024]);
    for told in [true, false] {
        let (part, whole) = (part.clone(), whole.clone());
        let (result, requests) = call(QUICK, move |_, _| {
            let endless = stream::repeat(part.clone()).map(Ok::<_, std::io::Error>);
            if told { Body::from(whole.clone()).into_response() } else { Body::from_stream(endless).into_response() }
        })
        .await;
        assert_eq!(
            result.err(),
            Some(ProviderError::Unreadable { call: CALL, what: "the answer is longer than 16 MiB" })
        );
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn no_error_tells_more_than_whom_what_and_the_status() {
    let (result, _) = call(QUICK, |_, _| html(500)).await;
    assert_eq!(result.err().unwrap().to_string(), "Auth0 could not be tested: it answers with status 500");
    let dead: Issuer = "http://127.0.0.1:1".parse().unwrap();
    let error = client(&dead, QUICK).send(CALL, &request(&dead)).await.err().unwrap();
    assert_eq!(error.to_string(), "Auth0 could not be tested: no connection");
    assert!(!format!("{error:?}").contains("canary"));
}
