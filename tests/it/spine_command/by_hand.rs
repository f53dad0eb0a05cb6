//! `spine user find|clear|erase|restore|transfer`: by the functions that may, asked first, told after.

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::store::Author;
use tests::spine::{auth0, clerk, text};
use tests::wallet::Wallet;

use super::operator::Operator;

/// Somebody of Clerk with a row: how they are named there, and our id.
async fn somebody(operator: &Operator, name: &str) -> (String, String) {
    let subject = operator.join(name);
    operator.clerk().idle().await;
    let id = clerk(&subject).user_id().to_string();
    (subject, id)
}

async fn changed_by(operator: &Operator, subject: &str) -> String {
    let row = operator.spine.row(&clerk(subject)).await.unwrap();
    text(&row, "changed_by").unwrap().to_owned()
}

#[tokio::test]
async fn an_erase_is_shown_asked_for_refused_while_listed_and_then_told() {
    let operator = Operator::start().await;
    let (subject, id) = somebody(&operator, "ada").await;
    let erase = |more: &'static [&'static str]| {
        let arguments = [["user", "erase", subject.as_str(), "--reason", "case 7"].as_slice(), more].concat();
        let operator = &operator;
        async move { operator.spine_with(&arguments).await }
    };
    let declined = erase(&[]).await;
    assert!(declined.code == 1 && declined.has(&[&id, "all facts will be removed"]), "{declined:?}");
    assert!(declined.has(&["there is nobody to ask"]) && declined.has(&["nothing was written"]), "{declined:?}");
    let refused = erase(&["--yes"]).await;
    assert!(refused.code == 1 && refused.err.contains("still_listed"), "{refused:?}");
    let refused = erase(&["--yes", "--json"]).await;
    assert_eq!((refused.code, &refused.last()["errorType"]), (1, &json!("still_listed")));
    assert_eq!(changed_by(&operator, &subject).await, "clerk");

    let erased = erase(&["--yes", "--even-if-listed"]).await;
    assert!(erased.code == 0 && erased.has(&["erased: ", "tombstone"]), "{erased:?}");
    assert_eq!(changed_by(&operator, &subject).await, "operator:ada", "by default who is logged in");
    let again = erase(&["--yes", "--json", "--actor", "eve"]).await;
    assert_eq!((again.code, again.last()), (0, json!({"userId": id, "result": "already_erased"})));

    let shown = operator.spine(&format!("user show {subject}")).await;
    assert!(
        shown.has(&["state", "erased by an operator"]) && shown.has(&["by hand", "erase by ada", "case 7"]),
        "{shown:?}"
    );
    let shown = operator.spine(&format!("user show {subject} --json")).await.last();
    assert_eq!(
        (&shown["lastOperation"]["name"], &shown["lastOperation"]["reason"]),
        (&json!("erase"), &json!("case 7"))
    );
    let restored =
        operator.spine_with(&["user", "restore", &subject, "--reason", "case 8", "--actor", "eve", "--yes"]).await;
    assert!(restored.code == 0 && restored.has(&["restored: ", "as the provider has them"]), "{restored:?}");
    assert_eq!(changed_by(&operator, &subject).await, "operator:eve");
}

#[tokio::test]
async fn a_key_passes_and_a_fact_is_cleared_and_both_users_are_found() {
    let operator = Operator::start().await;
    let ((ann, ann_id), (bob, bob_id)) = (somebody(&operator, "ann").await, somebody(&operator, "bob").await);
    let key = Wallet::numbered(1).key();
    let (claims, giver) = (operator.spine.claims(), clerk(&ann).user_id());
    claims.link(&giver, &key, Author::Token("shop"), Clock::system().now()).await.unwrap();
    let key = key.to_string();
    let transfer = ["user", "transfer", &key, "--from", &ann, "--to", &bob_id, "--reason", "case 9", "--yes"];
    let told = operator.spine_with(&transfer).await;
    assert!(told.code == 0 && told.has(&["a key will pass from", &ann_id, &bob_id]), "{told:?}");
    assert!(told.has(&["transferred: "]), "{told:?}");

    let found = operator.spine(&format!("user find {key}")).await;
    assert!(found.code == 0 && found.has(&["userId", &bob_id]) && found.has(&["email", "present"]), "{found:?}");
    assert!(!found.out.contains("bob@example.com") && !found.out.contains("_id"), "{found:?}");
    let found = operator.spine(&format!("user find {bob} --json --show-values")).await.last();
    assert_eq!((&found["userId"], &found["email"]), (&json!(bob_id), &json!("bob@example.com")));

    let told =
        operator.spine_with(&["user", "clear", &bob, "email", "firstName", "--reason", "case 10", "--yes"]).await;
    assert!(told.code == 0 && told.has(&["email, firstName will be removed"]) && told.has(&["cleared: "]), "{told:?}");
    let found = operator.spine(&format!("user find {bob_id} --json")).await.last();
    assert_eq!((found.get("email"), &found["lastName"]), (None, &json!("present")));
    let odd = operator.spine_with(&["user", "clear", &bob, "shoe_size", "--reason", "case 10", "--yes"]).await;
    assert!(odd.code == 1 && odd.err.contains("field_invalid"), "{odd:?}");
}

#[tokio::test]
async fn nobody_is_found_with_status_1_and_without_a_reason_or_a_function_nothing_is_done() {
    let operator = Operator::start().await;
    let told = operator.spine("user find auth0|nobody").await;
    assert_eq!((told.code, told.out.contains("nobody who lives")), (1, true), "{told:?}");
    let told = operator.spine("user find auth0|nobody --json").await;
    assert_eq!((told.code, told.last()), (1, Value::Null));
    let id = auth0("auth0|nobody").user_id().to_string();
    let told = operator.spine_with(&["user", "erase", &id, "--yes"]).await;
    assert!(told.code == 1 && told.err.contains("--reason"), "{told:?}");
    let told = operator.spine_with(&["user", "erase", &id, "--reason", "case 7", "--yes"]).await;
    assert!(told.code == 1 && told.err.contains("user_unknown"), "{told:?}");
    let operator = operator.with("USERS_ADMIN_FUNCTION", "elsewhere");
    let told = operator.spine_with(&["user", "erase", &id, "--reason", "case 7", "--yes"]).await;
    assert!(told.code == 1 && told.err.contains("elsewhere could not be invoked: ResourceNotFound"), "{told:?}");
    let operator = operator.with("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9");
    let told = operator.spine_with(&["user", "erase", &id, "--reason", "case 7", "--yes"]).await;
    assert!(told.code == 1 && told.err.contains("out of reach"), "{told:?}");
}
