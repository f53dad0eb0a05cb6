//! `spine user`: one row, and one user from the provider now.

use serde_json::json;

use super::operator::Operator;

#[tokio::test]
async fn a_row_is_shown_by_each_of_its_names_with_values_on_demand_only() {
    let operator = Operator::start().await;
    let subject = operator.join("ada");
    operator.clerk().idle().await;
    let id = tests::spine::clerk(&subject).user_id().to_string();
    for name in [id.clone(), subject.clone(), format!("clerk:{subject}")] {
        let told = operator.spine(&format!("user show {name}")).await;
        assert!(told.code == 0 && told.has(&["user", &id]) && told.has(&["email", "present"]), "{told:?}");
        assert!(!told.out.contains("ada@example.com"), "{told:?}");
    }
    let told = operator.spine(&format!("user show {id} --show-values")).await;
    assert!(told.has(&["email", "ada@example.com"]), "{told:?}");
    let row = operator.spine(&format!("user show {id} --json")).await.last();
    assert_eq!((&row["userId"], &row["authSubject"], &row["living"]), (&json!(id), &json!(subject), &json!(true)));
    assert_eq!(row["facts"]["email"], "present");

    operator.clerk().delete_user(&subject).unwrap();
    operator.clerk().idle().await;
    let told = operator.spine(&format!("user show {id}")).await;
    assert!(told.code == 0 && told.has(&["state", "deleted"]) && told.has(&["row may go", "in "]), "{told:?}");
}

#[tokio::test]
async fn nobody_is_shown_with_status_1_and_no_name_at_all_is_a_wrong_command_line() {
    let operator = Operator::start().await;
    let told = operator.spine("user show auth0|nobody").await;
    assert_eq!((told.code, told.out.contains("there is no row usr_")), (1, true), "{told:?}");
    let told = operator.spine("user show ada").await;
    assert_eq!((told.code, told.err.contains("PROVIDER:SUBJECT")), (1, true), "{told:?}");
}

#[tokio::test]
async fn a_resync_writes_what_a_reconcile_would_for_one_user_alone() {
    let operator = Operator::start().await;
    operator.lose_messages();
    let (subject, other) = (operator.join("ada"), operator.join("other"));
    let declined = operator.spine(&format!("user resync {subject}")).await;
    assert_eq!((declined.code, operator.rows().await), (1, 0), "nobody can be asked: {declined:?}");
    assert!(declined.has(&["--yes"]) && declined.has(&["email added"]), "{declined:?}");

    let told = operator.spine(&format!("user resync {subject} --yes")).await;
    assert!(told.code == 0 && told.has(&["created"]), "{told:?}");
    assert_eq!(operator.rows().await, 1);
    let id = tests::spine::clerk(&subject).user_id().to_string();
    let told = operator.spine(&format!("user resync {id} --yes")).await;
    assert!(told.code == 0 && told.has(&["in step"]), "{told:?}");

    operator.rename(&subject, "Other");
    let told = operator.spine(&format!("user resync {id} --yes --json")).await.last();
    let expected = json!({"userId": id, "result": "updated", "cause": "profile_older", "well": true});
    assert_eq!(told, expected);
    let told = operator.spine(&format!("user show {id} --show-values")).await;
    assert!(told.has(&["first_name", "Other"]), "{told:?}");
    let told = operator.spine(&format!("user show {other}")).await;
    assert_eq!(told.code, 1, "the other one was not asked for: {told:?}");
}

#[tokio::test]
async fn whoever_the_provider_does_not_have_is_reported_and_left_as_they_are() {
    let operator = Operator::start().await;
    let subject = operator.join("ada");
    operator.clerk().idle().await;
    operator.lose_messages();
    operator.clerk().delete_user(&subject).unwrap();
    let told = operator.spine(&format!("user resync {subject} --yes")).await;
    assert!(told.code == 1 && told.has(&["does not have this user", "left as it is"]), "{told:?}");
    let row = operator.spine(&format!("user show {subject} --json")).await.last();
    assert_eq!(row["living"], true);
    let told = operator.spine("user resync game:player-7 --yes").await;
    assert_eq!((told.code, told.err.contains("auth0 and clerk")), (1, true), "{told:?}");
}
