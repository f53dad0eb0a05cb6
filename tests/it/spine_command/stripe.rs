//! `spine check|sync|apply stripe`: customers and users.

use local::stripe::{NewCustomer, StripeStandIn};
use serde_json::json;

use super::operator::Operator;

fn stripe(operator: &Operator) -> &StripeStandIn {
    &operator.system.stripe.as_ref().unwrap().0
}

/// Somebody known, and their customer, who is not tied to them yet.
async fn untied() -> (Operator, String, String) {
    let operator = Operator::start().await;
    let who = operator.join("ada");
    operator.clerk().idle().await;
    let user = tests::spine::clerk(&who).user_id().to_string();
    let new = NewCustomer::of_user(&user).called("ada@example.com", "ada Lindqvist");
    let customer = stripe(&operator).add(new).id;
    (operator, user, customer)
}

#[tokio::test]
async fn a_check_reports_an_apply_ties_and_then_all_is_in_step() {
    let (operator, user, customer) = untied().await;
    let told = operator.spine("check stripe").await;
    assert_eq!((told.code, told.out.lines().last()), (2, Some("not in step")), "{told:?}");
    assert!(told.has(&[&user, "missing_link", &customer]), "{told:?}");
    assert!(told.has(&["1 customers at Stripe"]) && told.has(&["missing_link", "names a user"]), "{told:?}");
    assert!(!told.out.contains("example.com") && operator.log().0.is_empty(), "{told:?}");

    let told = operator.spine("apply stripe --json").await;
    assert_eq!((told.code, told.json()[0]["written"].as_str()), (0, Some("linked")), "{told:?}");
    let (names, lines) = operator.log();
    assert!(names[0].starts_with("stripe-sync-"), "{names:?}");
    assert_eq!((&lines[0]["userId"], &lines[0]["stripeCustomerId"]), (&json!(user), &json!(customer)));
    assert_eq!((&lines[0]["cause"], &lines[0]["written"]), (&json!("missing_link"), &json!("linked")));

    let told = operator.spine("check stripe").await;
    assert_eq!((told.code, told.out.lines().last()), (0, Some("in step")), "{told:?}");
    let told = operator.spine("runs --source stripe").await;
    assert_eq!(told.out.lines().filter(|line| line.contains(" stripe ")).count(), 3, "{told:?}");
    let machines = operator.spine("check stripe --json").await.last();
    let event = json!({"mode": "check"});
    let mut answer = tests::web::invoke(&operator.system.lambda, "stripe-reconcile", &event).await.unwrap();
    answer["runId"] = machines["runId"].clone();
    assert_eq!(machines, answer, "the same shape, and the same figures");
}

#[tokio::test]
async fn a_sync_shows_asks_and_writes_with_consent_alone() {
    let (operator, user, customer) = untied().await;
    let told = operator.spine("sync stripe").await;
    assert!(told.code == 1 && told.err.contains("nothing was written"), "{told:?}");
    assert!(told.has(&["user", "cause", "customers"]) && told.has(&[&user, &customer]), "{told:?}");
    assert_eq!(operator.spine("sync stripe --yes").await.code, 0);
    assert_eq!(operator.spine("check stripe").await.code, 0);
}

#[tokio::test]
async fn nothing_is_ever_deleted_at_stripe_and_a_wrong_key_is_named() {
    let (operator, ..) = untied().await;
    let told = operator.spine("apply stripe --delete-orphans").await;
    assert!(told.code == 1 && told.err.contains("nothing is ever deleted at Stripe"), "{told:?}");
    let operator = operator.with("STRIPE_SECRET_KEY", "sk_test_canary-value");
    let told = operator.spine("check stripe --json").await;
    assert_eq!((told.code, told.last()["errorType"].as_str()), (1, Some("listing_failed")), "{told:?}");
    assert!(told.err.contains("STRIPE_SECRET_KEY") && !told.err.contains("canary"), "{told:?}");
}
