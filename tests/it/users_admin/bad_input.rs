//! Who and why are required, and no refusal says a value.

use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn every_refusal_names_the_field_and_no_value_and_nothing_is_written() {
    let stage = Stage::set().await;
    let who = stage.join("ada").await;
    let id = who.user_id().to_string();
    let before = stage.item(&who).await;
    for (event, code, named) in [
        (json!({"operation": "canary", "actor": "canary", "reason": "canary"}), "operation_unknown", "operation"),
        (
            json!({"operation": "erase", "userId": id, "evenIfListed": true, "reason": "canary"}),
            "field_missing",
            "actor",
        ),
        (
            json!({"operation": "erase", "userId": id, "evenIfListed": true, "actor": "canary"}),
            "field_missing",
            "reason",
        ),
        (
            json!({"operation": "erase", "userId": id, "evenIfListed": true, "actor": "canary", "reason": " \n"}),
            "field_invalid",
            "reason",
        ),
        (
            json!({"operation": "erase", "userId": id, "evenIfListed": true, "actor": "canary".repeat(20), "reason": "canary"}),
            "field_invalid",
            "actor",
        ),
        (
            json!({"operation": "erase", "userId": "canary", "actor": "canary", "reason": "canary"}),
            "field_invalid",
            "userId",
        ),
        (
            json!({"operation": "clear", "userId": id, "fields": ["canary"], "actor": "canary", "reason": "canary"}),
            "field_invalid",
            "fields",
        ),
        (
            json!({"operation": "transfer", "publicKey": "canary", "fromUserId": id, "toUserId": id, "actor": "a", "reason": "b"}),
            "unsupported_key",
            "publicKey",
        ),
        (json!("canary"), "json_malformed", "payload"),
    ] {
        let failure = stage.app.handle(event.clone()).await.expect_err("a refusal");
        assert_eq!(failure.code, code, "{event}");
        assert!(failure.message.contains(named) && !failure.message.contains("canary"), "{failure:?}");
    }
    assert_eq!(stage.item(&who).await, before);
}
