//! The tables of the template, on the embedded engine.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_sdk_dynamodb::types::{KeyType, ProjectionType, ScalarAttributeType, TableDescription};

use super::*;
use crate::engine::Engine;
use crate::engine::tests::client;
use shared::config::Env;

async fn described(client: &Client, name: &str) -> TableDescription {
    let answer = client.describe_table().table_name(name).send().await;
    answer.unwrap().table().unwrap().clone()
}

fn key_names(table: &TableDescription) -> Vec<&str> {
    table.key_schema().iter().map(KeySchemaElement::attribute_name).collect()
}

#[test]
fn every_table_is_defined_with_its_key_and_its_ttl() {
    let found = definitions(Stream::Off).unwrap().map(|it| {
        let keys = it.input.get_key_schema().clone().unwrap_or_default();
        let keys: Vec<_> = keys.iter().map(|key| key.attribute_name().to_owned()).collect();
        (it.logical_id, keys.join("+"), it.ttl_attribute)
    });
    let ttl = Some("expires_at".to_owned());
    let expected = [
        ("Users", "user_id", ttl.clone()),
        ("Claims", "claim", ttl.clone()),
        ("Audit", "user_id+sequence_number", None),
        ("SyncRuns", "source+run_id", ttl),
    ];
    assert_eq!(found, expected.map(|(id, keys, ttl)| (id, keys.to_owned(), ttl)));
}

#[tokio::test]
async fn creating_twice_leaves_what_is_there() {
    let engine = Engine::for_test().unwrap();
    let client = client(&engine);
    let names = Tables::suffixed("7");
    create(&client, &names).await.unwrap();
    create(&client, &names).await.unwrap();

    let users = described(&client, "Users-7").await;
    assert_eq!(key_names(&users), ["user_id"]);
    assert!(users.stream_specification().is_none());
    let [by_email] = users.global_secondary_indexes() else {
        panic!("{users:?}");
    };
    assert_eq!(by_email.index_name(), Some("by_email"));
    assert_eq!(by_email.projection().unwrap().projection_type(), Some(&ProjectionType::KeysOnly));
    let audit = described(&client, "Audit-7").await;
    assert_eq!(audit.key_schema()[1].key_type(), &KeyType::Range);
    assert!(audit.attribute_definitions().iter().all(|it| it.attribute_type() == &ScalarAttributeType::S));
    for name in ["Users-7", "Claims-7", "SyncRuns-7"] {
        let ttl = client.describe_time_to_live().table_name(name).send().await.unwrap();
        let ttl = ttl.time_to_live_description().unwrap();
        assert_eq!(ttl.time_to_live_status(), Some(&TimeToLiveStatus::Enabled));
    }
}

#[tokio::test]
async fn the_stream_comes_when_it_is_asked_for() {
    let engine = Engine::for_test().unwrap();
    let client = client(&engine);
    create_with(&client, &Tables::from_env(&Env::of::<String, String>([])), Stream::AsDefined).await.unwrap();
    let users = described(&client, "Users").await;
    let stream = users.stream_specification().unwrap();
    assert_eq!(stream.stream_view_type().unwrap().as_str(), "NEW_AND_OLD_IMAGES");
    assert!(described(&client, "Claims").await.stream_specification().is_none());
}

#[tokio::test]
async fn an_engine_out_of_reach_is_an_error_that_names_the_table() {
    let engine = Engine::for_test().unwrap();
    let client = client(&engine);
    engine.stop();
    let error = create(&client, &Tables::from_env(&Env::of::<String, String>([]))).await.unwrap_err();
    assert!(error.to_string().starts_with("CreateTable of Users failed: "), "{error}");
}
