//! Single reads, and the token that they share.

use std::time::Duration;

use futures_util::future::join_all;

use super::*;
use crate::domain::Fact;
use crate::provider::testing::html;

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn dated(mut response: Response) -> Response {
    response.headers_mut().insert("date", DATE.parse().unwrap());
    response
}

fn no_user() -> Response {
    answer(404, json!({"statusCode": 404, "error": "Not Found", "message": "…", "errorCode": "inexistent_user"}))
}

#[tokio::test]
async fn a_user_who_is_there_is_found_with_the_time_of_the_answer() {
    let stub = tenant(|_, _| dated(answer(200, user(7)))).await;
    let Reading::Found { listed, answered_at } = client(&stub).user("auth0|0007").await.unwrap() else {
        unreachable!("found")
    };
    assert_eq!(listed.profile.facts().text(Fact::VerifiedEmail), Some("7@example.org"));
    assert_eq!(listed.profile.version().observed_at.millis(), 1_800_000_000_000);
    assert_eq!(answered_at.seconds(), 784_111_777);
}

#[tokio::test]
async fn a_404_of_auth0_itself_says_gone() {
    let stub = tenant(|_, _| dated(no_user())).await;
    let answered_at = Timestamp::from_millis(784_111_777_000).unwrap();
    assert_eq!(client(&stub).user("auth0|1").await, Ok(Reading::Gone { answered_at, dated: true }));
}

#[tokio::test]
async fn a_404_of_anybody_else_proves_nothing() {
    for body in ["<html></html>", "", "{}", "{\"message\": \"Not Found\"}", "{\"statusCode\": 403}"] {
        let stub = tenant(move |_, _| {
            let mut response = Response::new(body.into());
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
        .await;
        assert!(
            matches!(client(&stub).user("auth0|1").await, Err(ProviderError::Refused { status: 404, .. })),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_odd_user_or_another_one_is_unreadable() {
    for body in [json!({"user_id": "auth0|1"}), user(2), json!({}), json!([user(1)]), json!(null)] {
        let stub = tenant(move |_, _| answer(200, body.clone())).await;
        assert!(matches!(client(&stub).user("auth0|1").await, Err(ProviderError::Unreadable { .. })));
    }
    let stub = tenant(|_, _| html(200)).await;
    assert!(matches!(client(&stub).user("auth0|1").await, Err(ProviderError::Unreadable { .. })));
}

#[tokio::test]
async fn a_subject_is_one_encoded_segment_of_the_path() {
    let stub = tenant(|_, _| no_user()).await;
    let auth0 = client(&stub);
    for subject in ["oauth2|acme/a#b%c?d", "auth0|ünï 👩🏽‍🚀"] {
        assert!(matches!(auth0.user(subject).await, Ok(Reading::Gone { .. })));
    }
    let paths: Vec<String> = stub.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths[1], "/api/v2/users/oauth2%7Cacme%2Fa%23b%25c%3Fd");
    assert!(paths[2].starts_with("/api/v2/users/auth0%7C%C3%BCn%C3%AF%20%F0%9F"));
    for subject in ["", ".", ".."] {
        assert!(matches!(auth0.user(subject).await, Err(ProviderError::Unusable { .. })), "{subject}");
    }
}

#[tokio::test]
async fn credentials_that_are_refused_are_named_and_not_shown() {
    let no_token =
        Stub::start(|_, _| answer(401, json!({"error": "access_denied", "error_description": "canary"}))).await;
    let no_scope = tenant(|_, _| answer(403, json!({"statusCode": 403, "message": "Insufficient scope"}))).await;
    let no_access = tenant(|_, _| answer(401, json!({"statusCode": 401}))).await;
    for (stub, requests) in [(no_token, 1), (no_scope, 2), (no_access, 4)] {
        let error = client(&stub).user("auth0|1").await.err().unwrap();
        assert!(matches!(error, ProviderError::Unauthorized { .. }));
        let text = format!("{error} {error:?}");
        assert!(text.contains("AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET") && !text.contains("canary"), "{text}");
        assert_eq!(stub.asked().len(), requests);
    }
}

#[tokio::test]
async fn one_token_serves_all_until_nine_tenths_of_its_life() {
    let stub = tenant(|_, _| no_user()).await;
    let start = Timestamp::from_millis(1_800_000_000_000).unwrap();
    let clock = Clock::standing(start);
    let auth0 = client_at(&stub, 100, clock.clone());
    join_all((0..8).map(|_| auth0.user("auth0|1"))).await;
    clock.set(start.plus(Duration::from_secs(77_759)));
    assert!(auth0.user("auth0|1").await.is_ok());
    assert_eq!(stub.times("/oauth/token"), 1);
    clock.set(start.plus(Duration::from_secs(77_760)));
    join_all((0..8).map(|_| auth0.user("auth0|1"))).await;
    assert_eq!(stub.times("/oauth/token"), 2);
}

#[tokio::test]
async fn what_holds_no_token_is_unreadable() {
    for body in ["<html></html>", "{}", "{\"access_token\": 5}", "{\"access_token\": \"a\\nb\"}"] {
        let stub = Stub::start(move |_, _| Response::new(body.into())).await;
        assert!(matches!(client(&stub).user("auth0|1").await, Err(ProviderError::Unreadable { .. })), "{body}");
    }
}
