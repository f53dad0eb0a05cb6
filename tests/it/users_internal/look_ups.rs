//! A user by identity, by id and by key: one document, or `null`.

use serde_json::{Value, json};
use shared::domain::{Identity, LinkOutcome, PublicKey};
use shared::store::Author;
use tests::people::{NOON, noon};
use tests::spine::auth0;
use tests::wallet::Wallet;

use super::stage::Stage;

async fn linked(stage: &Stage, who: &Identity, number: u32) -> PublicKey {
    let key = Wallet::numbered(number).key();
    let linked = stage.app.claims.link(&who.user_id(), &key, Author::Token("shop"), noon(300)).await;
    assert_eq!(linked, Ok(LinkOutcome::Linked));
    key
}

/// The three questions that lead to one user.
fn questions(who: &Identity, key: &PublicKey) -> [(&'static str, Value); 3] {
    [
        ("getUserByAuth", json!({"authProvider": who.provider().as_str(), "authSubject": who.subject()})),
        ("getUserById", json!({"userId": who.user_id().as_str()})),
        ("getUserByPublicKey", json!({"publicKey": key.to_string(), "serviceToken": "ignored"})),
    ]
}

#[tokio::test]
async fn each_question_finds_the_same_document_with_its_two_names_besides() {
    let stage = Stage::set().await;
    let who = stage.person("ann").await;
    let key = linked(&stage, &who, 1).await;
    let id = who.user_id().to_string();
    let expected = json!({"_id": id, "_creationTime": NOON, "userId": id, "authProvider": "auth0",
        "authSubject": "auth0|ann", "tokenIdentifier": "https://tenant.eu.auth0.com/|auth0|ann",
        "email": "ann@example.com", "emailVerified": true, "name": "ann", "createdAt": NOON, "providerCreatedAt": NOON, "updatedAt": NOON + 100, "lastActiveAt": NOON});
    for (operation, fields) in questions(&who, &key) {
        let mut user = stage.ask(operation, &fields).await.expect("a user");
        let document = user.as_object_mut().expect("a document");
        let (one, all) = (document.remove("publicKey"), document.remove("publicKeys").expect("keys"));
        assert_eq!(one.and_then(|one| one.as_str()?.parse().ok()), Some(key), "{operation}");
        assert_eq!((all[0]["linkedAt"].as_i64(), all.as_array().map(Vec::len)), (Some(NOON + 300), Some(1)));
        assert_eq!(user, expected, "{operation}");
    }
}

#[tokio::test]
async fn nobody_and_whoever_was_deleted_are_null() {
    let stage = Stage::set().await;
    let (stranger, unlinked) = (auth0("auth0|unseen"), Wallet::numbered(9).key());
    for (operation, fields) in questions(&stranger, &unlinked) {
        assert_eq!(stage.ask(operation, &fields).await, Ok(Value::Null), "{operation}");
    }
    let who = stage.person("ann").await;
    let key = linked(&stage, &who, 1).await;
    stage.delete(&who).await;
    for (operation, fields) in questions(&who, &key) {
        assert_eq!(stage.ask(operation, &fields).await, Ok(Value::Null), "{operation}");
    }
}
