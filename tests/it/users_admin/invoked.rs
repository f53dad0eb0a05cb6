//! As operators reach it on one machine: by Lambda's Invoke API.

use serde_json::json;
use tests::web;

use super::stage::Stage;

#[tokio::test]
async fn it_answers_by_its_folders_name_and_a_restore_right_after_an_erase_waits_for_the_providers_clock() {
    let stage = Stage::set().await;
    let who = stage.join("ada").await;
    let ask = async |operation: &str, force: bool| {
        let event = json!({"operation": operation, "actor": "eve", "reason": "case 7",
            "userId": who.user_id().as_str(), "evenIfListed": force});
        web::invoke(&stage.system.lambda, "users-admin", &event).await
    };
    assert_eq!(ask("erase", false).await.unwrap_err().error_type, "still_listed");
    let told = |result: &str| json!({"userId": who.user_id().as_str(), "result": result});
    assert_eq!(ask("erase", true).await, Ok(told("erased")));
    assert_eq!(ask("restore", false).await, Ok(told("restored")));
    assert!(stage.row(&who).await.is_living());
    let refused = ask("drop", false).await.unwrap_err();
    assert_eq!(refused.error_type, "operation_unknown");
}
