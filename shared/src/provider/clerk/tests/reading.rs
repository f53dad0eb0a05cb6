//! Single reads, and keys that are refused.

use http::StatusCode;

use super::*;
use crate::provider::testing::html;

#[tokio::test]
async fn a_user_is_found_or_gone_by_the_word_of_clerk() {
    let stub = Stub::start(|_, asked| match asked.path.as_str() {
        "/v1/users/user_0003" => answer(200, user(3)),
        _ => refusal(404, "resource_not_found"),
    })
    .await;
    let clerk = client(&stub, 500);
    let Reading::Found { listed, .. } = clerk.user("user_0003").await.unwrap() else { unreachable!("found") };
    assert_eq!(listed.identity.provider(), &Provider::clerk());
    assert_eq!(listed.profile.created_at().millis(), START + 1);
    assert!(matches!(clerk.user("user_0004").await, Ok(Reading::Gone { .. })));
    assert!(matches!(clerk.user("user/|%").await, Ok(Reading::Gone { .. })));
    assert_eq!(stub.asked()[2].path, "/v1/users/user%2F%7C%25");
}

#[tokio::test]
async fn a_404_of_anybody_else_proves_nothing() {
    for body in
        ["<html></html>", "", "{}", "{\"errors\": []}", "{\"errors\": \"none\"}", "{\"message\": \"Not Found\"}"]
    {
        let stub = Stub::start(move |_, _| {
            let mut response = Response::new(body.into());
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
        .await;
        let read = client(&stub, 500).user("user_1").await;
        assert!(matches!(read, Err(ProviderError::Refused { status: 404, .. })), "{body}");
    }
}

#[tokio::test]
async fn an_odd_user_or_another_one_is_unreadable() {
    for body in [json!({"id": "user_0001"}), user(2), json!([]), json!({"id": "user_0001", "created_at": "x"})] {
        let stub = Stub::start(move |_, _| answer(200, body.clone())).await;
        assert!(matches!(client(&stub, 500).user("user_0001").await, Err(ProviderError::Unreadable { .. })));
    }
    let stub = Stub::start(|_, _| html(200)).await;
    assert!(matches!(client(&stub, 500).user("user_0001").await, Err(ProviderError::Unreadable { .. })));
}

#[tokio::test]
async fn a_key_that_is_refused_is_named_and_not_shown() {
    for status in [401, 403] {
        let stub = Stub::start(move |_, _| refusal(status, "clerk_key_invalid")).await;
        let error = client(&stub, 500).user("user_1").await.err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("Clerk could not read a user: it answers with status {status}; look at CLERK_SECRET_KEY")
        );
        assert!(!format!("{error:?}").contains("canary"));
        assert_eq!(stub.asked().len(), 1);
    }
}

#[test]
fn a_key_that_no_header_can_hold_is_refused_at_the_start() {
    let base = "http://127.0.0.1:1".parse().unwrap();
    let settings = ClerkSettings { base, secret_key: SecretText::new("sk\ncanary"), instance_id: None, page: 500 };
    let error = Clerk::new(settings, Clock::system()).err().unwrap().to_string();
    assert_eq!(error, "Clerk cannot be asked: CLERK_SECRET_KEY cannot be sent in a header");
}
