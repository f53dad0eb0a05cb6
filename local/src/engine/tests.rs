//! The engine behind AWS's SDK, as every function meets it.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::*;
use crate::tables;
use shared::config::{Env, Tables};

/// A client that speaks to `engine` and to nothing else.
pub(crate) fn client(engine: &Engine) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(engine.endpoint())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

async fn rename(client: &Client, id: &str, version: u32) -> Result<UpdateItemOutput, SdkError<UpdateItemError>> {
    client
        .update_item()
        .table_name("Users")
        .key("user_id", S(id.to_owned()))
        .update_expression("SET profile_version = :version")
        .condition_expression("attribute_not_exists(user_id) OR profile_version <= :version")
        .expression_attribute_values(":version", S(format!("{version:026}")))
        .return_values(ReturnValue::AllOld)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
}

async fn put_expired(client: &Client) {
    client
        .put_item()
        .table_name("Claims")
        .item("claim", S("stripe_customer#cus_1".to_owned()))
        .item("expires_at", N("1".to_owned()))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_lost_condition_carries_the_item_that_won() {
    let engine = Engine::for_test().unwrap();
    let client = client(&engine);
    tables::create(&client, &Tables::from_env(&Env::of::<String, String>([]))).await.unwrap();

    rename(&client, "usr_1", 2).await.unwrap();
    let lost = rename(&client, "usr_1", 1).await.unwrap_err();

    let Some(UpdateItemError::ConditionalCheckFailedException(lost)) = lost.as_service_error() else {
        panic!("{lost:?}");
    };
    let winner = &lost.item().unwrap()["profile_version"];
    assert_eq!(winner, &S(format!("{:026}", 2)));

    let later = rename(&client, "usr_1", 3).await.unwrap();
    assert_eq!(&later.attributes().unwrap()["profile_version"], winner);
}

#[tokio::test]
async fn a_sweep_removes_what_is_past_its_ttl() {
    let engine = Engine::for_test().unwrap();
    let client = client(&engine);
    tables::create(&client, &Tables::from_env(&Env::of::<String, String>([]))).await.unwrap();
    put_expired(&client).await;
    assert_eq!(engine.sweep_ttl().unwrap(), 1);
    assert_eq!(engine.sweep_ttl().unwrap(), 0);
}

#[tokio::test]
async fn a_file_keeps_what_was_written_before_the_engine_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    for round in ["first", "second"] {
        let engine = Engine::start(any, Some(dir.path())).unwrap();
        let client = client(&engine);
        tables::create(&client, &Tables::from_env(&Env::of::<String, String>([]))).await.unwrap();
        let before = rename(&client, "usr_1", 1).await.unwrap();
        assert_eq!(before.attributes().is_some_and(|it| it.len() > 1), round == "second");
        engine.stop();
    }
}

#[test]
fn a_taken_address_is_named() {
    let engine = Engine::for_test().unwrap();
    let refused = Engine::start(engine.addr(), None).unwrap_err();
    assert_eq!(refused.to_string(), format!("DynamoDB cannot listen on {}", engine.addr()));
}

#[tokio::test]
async fn half_a_request_does_not_keep_the_engine_up() {
    use tokio::io::AsyncWriteExt;

    let engine = Engine::for_test().unwrap();
    let mut client = tokio::net::TcpStream::connect(engine.addr()).await.unwrap();
    client.write_all(b"POST / HTTP/1.1\r\nHost: x\r\ncontent-length: 9\r\n\r\n{").await.unwrap();
    let addr = engine.addr();
    engine.stop();
    assert!(std::net::TcpStream::connect(addr).is_err());
}
