//! The stand-in as AWS's own client sees it.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;

use super::*;
use crate::sdk;

async fn stage(client: &Client, stage: &str) -> Result<GetSecretValueOutput, bool> {
    let request = client.get_secret_value().secret_id("spine/clerk").version_stage(stage);
    let answer = request.send().await;
    answer.map_err(|error| error.into_service_error().is_resource_not_found_exception())
}

#[tokio::test]
async fn a_rotation_keeps_the_last_value_as_the_previous_one() {
    let manager = SecretsManager::start().await;
    let client = sdk::secrets_manager(&manager.url(), sdk::plain_http());
    assert!(stage(&client, "AWSCURRENT").await.unwrap_err());

    manager.rotate("spine/clerk", "one", 1_700_000_000_500);
    let current = stage(&client, "AWSCURRENT").await.unwrap();
    assert_eq!(current.secret_string(), Some("one"));
    assert_eq!(current.name(), Some("spine/clerk"));
    assert_eq!(current.version_stages(), ["AWSCURRENT"]);
    assert_eq!(current.created_date().unwrap().to_millis().unwrap(), 1_700_000_000_500);
    assert!(stage(&client, "AWSPREVIOUS").await.unwrap_err());

    manager.rotate("spine/clerk", "two", 1_700_000_001_000);
    manager.rotate("spine/clerk", "three", 1_700_000_002_000);
    assert_eq!(stage(&client, "AWSCURRENT").await.unwrap().secret_string(), Some("three"));
    let previous = stage(&client, "AWSPREVIOUS").await.unwrap();
    assert_eq!(previous.secret_string(), Some("two"));
    assert_eq!(manager.requests(), 5);

    let by_arn = client.get_secret_value().secret_id(previous.arn().unwrap());
    assert_eq!(by_arn.send().await.unwrap().secret_string(), Some("three"));
    let by_id = client.get_secret_value().secret_id("spine/clerk");
    let by_id = by_id.version_id(previous.version_id().unwrap());
    assert_eq!(by_id.send().await.unwrap().secret_string(), Some("two"));
}

#[tokio::test]
async fn it_can_fail_and_hang_and_get_well() {
    let manager = SecretsManager::start().await;
    manager.rotate("spine/clerk", "one", 0);
    let client = sdk::secrets_manager(&manager.url(), sdk::plain_http());

    manager.set_mood(Mood::Failing);
    assert!(!stage(&client, "AWSCURRENT").await.unwrap_err());
    manager.set_mood(Mood::Hanging);
    let hung = tokio::time::timeout(Duration::from_millis(50), stage(&client, "AWSCURRENT"));
    assert!(hung.await.is_err());
    manager.set_mood(Mood::Well);
    stage(&client, "AWSCURRENT").await.unwrap();
    assert_eq!(manager.requests(), 3);
}

#[tokio::test]
async fn it_can_quote_what_it_holds_in_what_is_no_answer() {
    let manager = SecretsManager::start().await;
    manager.rotate("spine/clerk", "one", 0);
    manager.rotate("spine/clerk", "two", 1);
    let client = sdk::secrets_manager(&manager.url(), sdk::plain_http());
    for (mood, status) in [(Mood::Quoting, 500), (Mood::BrokenOff, 200)] {
        manager.set_mood(mood);
        let error = client.get_secret_value().secret_id("spine/clerk").send().await.unwrap_err();
        let answer = error.raw_response().unwrap();
        let body = String::from_utf8_lossy(answer.body().bytes().unwrap());
        assert_eq!(answer.status().as_u16(), status);
        assert!(body.contains("two and one"), "{body}");
    }
}
