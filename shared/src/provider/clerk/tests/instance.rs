//! Whether a key opens the instance that is meant.

use super::*;
use crate::provider::testing::html;

async fn told(answer: impl Fn() -> Response + Send + Sync + 'static) -> (Result<bool, ProviderError>, Vec<Asked>) {
    let stub = Stub::start(move |_, _| answer()).await;
    (client(&stub, 500).is_ours().await, stub.asked())
}

#[tokio::test]
async fn a_key_of_our_instance_is_ours_and_one_of_another_is_foreign() {
    let (ours, asked) = told(|| answer(200, json!({"object": "instance", "id": "ins_ours"}))).await;
    assert_eq!((ours, asked.len(), asked[0].path.as_str()), (Ok(true), 1, "/v1/instance"));
    assert_eq!((asked[0].query.as_str(), asked[0].header("authorization")), ("", "Bearer sk_test_canary"));
    let (other, _) = told(|| answer(200, json!({"object": "instance", "id": "ins_canary"}))).await;
    let error = other.err().unwrap();
    assert_eq!(
        error.to_string(),
        "Clerk: the credentials belong to another instance than the configured one; \
         look at CLERK_SECRET_KEY and CLERK_INSTANCE_ID"
    );
    assert!(!format!("{error:?}").contains("canary"));
}

#[tokio::test]
async fn an_answer_without_an_id_proves_nothing_and_contradicts_nothing() {
    for status in [403, 404] {
        assert_eq!(told(move || refusal(status, "x")).await.0, Ok(false));
        assert_eq!(told(move || html(status)).await.0, Ok(false));
    }
    assert_eq!(told(|| html(200)).await.0, Ok(false));
    for body in [json!({}), json!({"id": null}), json!({"id": ""}), json!({"id": 5}), json!([])] {
        assert_eq!(told(move || answer(200, body.clone())).await.0, Ok(false));
    }
}

#[tokio::test]
async fn a_key_that_is_refused_and_a_clerk_that_is_out_are_errors() {
    assert!(matches!(told(|| refusal(401, "x")).await.0, Err(ProviderError::Unauthorized { status: 401, .. })));
    assert!(matches!(told(|| html(500)).await.0, Err(ProviderError::Refused { status: 500, .. })));
}

#[tokio::test]
async fn without_a_configured_instance_nothing_is_asked() {
    let stub = Stub::start(|_, _| html(500)).await;
    let secret_key = SecretText::new("sk_test_canary");
    let settings = ClerkSettings { base: stub.base.clone(), secret_key, instance_id: None, page: 500 };
    let clerk = Clerk::with_limits(settings, QUICK, Clock::system()).unwrap();
    assert_eq!((clerk.is_ours().await, stub.asked().len()), (Ok(false), 0));
}
