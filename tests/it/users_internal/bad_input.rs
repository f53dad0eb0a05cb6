//! What is wrong is named by its field and its code, and never by its value.

use serde_json::json;
use tests::faults::{Fault, Faults};
use tests::sdk;

use super::stage::Stage;

#[tokio::test]
async fn every_refusal_names_the_field_and_no_value() {
    let stage = Stage::set().await;
    for (event, code, named) in [
        (json!({"operation": "canary"}), "operation_unknown", "operation"),
        (json!({"operation": "getUserById", "userId": "canary"}), "field_invalid", "userId"),
        (
            json!({"operation": "getUserByAuth", "authProvider": "canary".repeat(20), "authSubject": "a"}),
            "field_invalid",
            "provider",
        ),
        (json!({"operation": "getUserByPublicKey", "publicKey": "canary"}), "unsupported_key", "publicKey"),
        (
            json!({"operation": "setStripeCustomerId", "userId": "usr_tlrofji4bfbyd37m4eyy3a6ius",
            "stripeCustomerId": "canary"}),
            "field_invalid",
            "stripeCustomerId",
        ),
        (
            json!({"operation": "listUsersForStripeReconcile", "paginationOpts": {"numItems": 1, "cursor": "canary"}}),
            "cursor_invalid",
            "cursor",
        ),
        (json!("canary"), "json_malformed", "payload"),
    ] {
        let failure = stage.app.handle(event.clone()).await.expect_err("a refusal");
        assert_eq!(failure.code, code, "{event}");
        assert!(failure.message.contains(named) && !failure.message.contains("canary"), "{failure:?}");
    }
}

#[tokio::test]
async fn a_database_that_is_out_is_unavailable_and_a_lost_reply_is_no_failure() {
    let (http, faults) = Faults::new(sdk::plain_http(), 3);
    let stage = Stage::over(http).await;
    let who = stage.person("ann").await;
    let wish = json!({"userId": who.user_id().as_str(), "stripeCustomerId": "cus_1"});
    faults.fail_next("TransactWriteItems", 1, Fault::LostReply);
    assert!(stage.ask("setStripeCustomerId", &wish).await.is_ok());
    assert_eq!(faults.injected().get(&Fault::LostReply), Some(&1));
    faults.set_down(true);
    assert_eq!(stage.refusal("getUserById", &wish).await, "unavailable");
    faults.set_down(false);
    assert_eq!(stage.ask("getUserById", &wish).await.map(|user| user["stripeCustomerId"].clone()), Ok("cus_1".into()));
}
