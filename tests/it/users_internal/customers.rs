//! The Stripe link: set where there is none, replaced by name, and never taken from anybody.

use serde_json::{Value, json};
use shared::domain::Identity;
use tests::spine::{auth0, text};

use super::stage::Stage;

const SET: &str = "setStripeCustomerId";

fn wish(who: &Identity, customer: &str, replaces: Option<&str>) -> Value {
    json!({"userId": who.user_id().as_str(), "stripeCustomerId": customer, "replaces": replaces})
}

#[tokio::test]
async fn a_customer_is_set_once_repeated_at_will_and_replaced_by_name_alone() {
    let stage = Stage::set().await;
    let who = stage.person("ann").await;
    let answer = |customer: &str, result: &str| {
        Ok(json!({"userId": who.user_id().as_str(), "stripeCustomerId": customer, "result": result}))
    };
    assert_eq!(stage.refusal(SET, &wish(&who, "cus_1", Some("cus_0"))).await, "stripe_customer_differs");
    assert_eq!(stage.ask(SET, &wish(&who, "cus_1", None)).await, answer("cus_1", "set"));
    assert_eq!(stage.ask(SET, &wish(&who, "cus_1", None)).await, answer("cus_1", "already_set"));
    assert_eq!(stage.refusal(SET, &wish(&who, "cus_2", None)).await, "stripe_customer_differs");
    assert_eq!(stage.refusal(SET, &wish(&who, "cus_2", Some("cus_3"))).await, "stripe_customer_differs");
    assert_eq!(stage.ask(SET, &wish(&who, "cus_2", Some("cus_1"))).await, answer("cus_2", "set"));
    assert_eq!(stage.ask(SET, &wish(&who, "cus_2", Some("cus_1"))).await, answer("cus_2", "already_set"));
    let row = stage.spine.row(&who).await.expect("a row");
    assert_eq!((text(&row, "stripe_customer_id"), text(&row, "changed_by")), (Some("cus_2"), Some("internal")));
    assert!(stage.spine.claim("stripe_customer#cus_1").await.is_none(), "what was replaced is free");
    assert_eq!(stage.spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn nobody_gets_somebody_elses_customer_and_nobody_gets_one_who_is_not_there() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.ask(SET, &wish(&ann, "cus_1", None)).await.expect("it is set");
    assert_eq!(stage.refusal(SET, &wish(&bob, "cus_1", None)).await, "stripe_customer_taken");
    assert_eq!(stage.refusal(SET, &wish(&auth0("auth0|unseen"), "cus_2", None)).await, "user_unknown");
    stage.delete(&bob).await;
    assert_eq!(stage.refusal(SET, &wish(&bob, "cus_2", None)).await, "user_deleted");
    assert_eq!(stage.spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_customer_is_not_ensured_without_stripe() {
    let stage = Stage::set().await;
    let who = stage.person("ann").await;
    let wish = json!({"userId": who.user_id().as_str(), "email": "ann@example.com", "name": "Ann"});
    assert_eq!(stage.refusal("ensureStripeCustomer", &wish).await, "stripe_not_configured");
}
