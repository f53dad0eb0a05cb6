//! Which records are told, which are nothing, and which cannot be read.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;
use shared::domain::Happening;

use super::*;

const ID: &str = "usr_tlrofji4bfbyd37m4eyy3a6ius";

fn row(name: &str) -> Value {
    json!({"user_id": {"S": ID}, "auth_provider": {"S": "auth0"}, "auth_subject": {"S": "auth0|test123"},
        "name": {"S": name}, "created_at": {"N": "5"}, "changed_by": {"S": "login"}})
}

fn dead() -> Value {
    let mut row = row("");
    row.as_object_mut().unwrap().remove("name");
    row["identity_deleted_at"] = json!({"N": "9"});
    row
}

fn told(kind: &str, old: Option<Value>, new: Option<Value>) -> Value {
    json!({"eventID": "1", "eventName": kind, "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
        "dynamodb": {"ApproximateCreationDateTime": 1_700_000_000, "Keys": {"user_id": {"S": ID}},
            "SequenceNumber": "4421584500000000017450439091", "OldImage": old, "NewImage": new,
            "StreamViewType": "NEW_AND_OLD_IMAGES"}})
}

fn changed(record: Value) -> Result<Option<Changed>, Unreadable> {
    let mut records = read(json!({"Records": [record]})).unwrap();
    records.remove(0).changed()
}

fn whats(record: Value) -> Vec<Happening> {
    changed(record).unwrap().map(|it| it.changes.iter().map(|change| change.what).collect()).unwrap_or_default()
}

#[test]
fn a_write_is_told_with_its_place_its_time_and_its_writer() {
    let it = changed(told("INSERT", None, Some(row("Ada")))).unwrap().unwrap();
    assert_eq!((it.user_id.as_str(), it.provider.as_str(), it.changed_by.as_str()), (ID, "auth0", "login"));
    assert_eq!(it.sequence_number.as_str(), "0000000000004421584500000000017450439091");
    assert_eq!(it.at.millis(), 1_700_000_000_000);
    let mut precise = told("INSERT", None, Some(row("Ada")));
    precise["dynamodb"]["ApproximateCreationDateTime"] = json!(1_700_000_000.25);
    assert_eq!(changed(precise).unwrap().unwrap().at.millis(), 1_700_000_000_250);
}

#[test]
fn a_row_that_goes_by_its_ttl_or_was_a_tombstone_is_nothing_and_one_removed_by_hand_is_a_deletion() {
    let mut by_ttl = told("REMOVE", Some(row("Ada")), None);
    by_ttl["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    assert_eq!(whats(by_ttl), []);
    assert_eq!(whats(told("REMOVE", Some(dead()), None)), []);
    let by_hand = changed(told("REMOVE", Some(row("Ada")), None)).unwrap().unwrap();
    assert_eq!((by_hand.changes.len(), by_hand.changed_by.as_str()), (1, "removed-by-hand"));
    assert_eq!(whats(told("MODIFY", Some(row("Ada")), Some(row("Ada")))), []);
}

#[test]
fn a_row_put_by_hand_that_does_not_say_who_wrote_it_is_told_all_the_same() {
    let mut nobody = row("Bea");
    nobody.as_object_mut().unwrap().remove("changed_by");
    let it = changed(told("INSERT", None, Some(nobody))).unwrap().unwrap();
    assert_eq!((it.changes.len(), it.changed_by.as_str()), (1, "unknown"));
}

#[test]
fn what_cannot_be_read_is_named_and_never_quoted() {
    let broken = |name: &str, value: Value| {
        let mut record = told("MODIFY", Some(row("Ada")), Some(row("Bea")));
        record["dynamodb"][name] = value;
        changed(record)
    };
    for (name, value) in [
        ("OldImage", json!(null)),
        ("NewImage", json!({"name": {"S": 1, "canary": 1}})),
        ("Keys", json!({"user_id": {"S": "canary"}})),
        ("SequenceNumber", json!("canary")),
        ("ApproximateCreationDateTime", json!("canary")),
    ] {
        assert_eq!(broken(name, value), Err(Unreadable::Part(name)));
    }
    let mut odd = row("Bea");
    odd["created_at"] = json!({"S": "canary"});
    let error = broken("NewImage", odd).unwrap_err().to_string();
    assert_eq!(error, format!("the row {ID} has no readable created_at"));
    assert_eq!(changed(told("RENAME", None, None)), Err(Unreadable::Part("eventName")));
}

#[test]
fn a_batch_is_read_whole_or_refused() {
    for wrong in [json!(null), json!({}), json!({"Records": [{"dynamodb": "canary"}]}), json!({"Records": [{}]})] {
        assert!(read(wrong).is_err_and(|bad| bad.detail == "Records must be records of a DynamoDB stream"));
    }
}
