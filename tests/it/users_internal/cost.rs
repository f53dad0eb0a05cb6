//! What the operations cost, in requests and in units.

use serde_json::{Value, json};
use shared::domain::LinkOutcome;
use shared::store::Author;
use tests::people::noon;
use tests::sdk;
use tests::wallet::Wallet;
use tests::wire_tap::Tap;

use super::stage::Stage;

/// Asserts requests, write units and read units; units only where the engine tells the real ones.
async fn costs(stage: &Stage, tap: &Tap, (operation, fields): (&str, Value), cost: (u32, f64, f64)) {
    tap.take();
    stage.ask(operation, &fields).await.expect("an answer");
    let spent = tap.take();
    let embedded = stage.spine.is_embedded();
    let (write, read) = if embedded { (spent.write_units, spent.read_units) } else { (cost.1, cost.2) };
    assert_eq!((spent.total_requests(), write, read), cost, "{operation}: {spent:?}");
}

#[tokio::test]
async fn a_look_up_is_one_read_by_key_two_and_a_link_a_read_and_a_transaction() {
    let (http, tap) = Tap::new(sdk::plain_http());
    let stage = Stage::over(http).await;
    let who = stage.person("ann").await;
    let (id, key) = (who.user_id().to_string(), Wallet::numbered(1).key());
    let linked = stage.spine.claims().link(&who.user_id(), &key, Author::Token("shop"), noon(300)).await;
    assert_eq!(linked, Ok(LinkOutcome::Linked));
    let auth = json!({"authProvider": "auth0", "authSubject": "auth0|ann"});
    costs(&stage, &tap, ("getUserByAuth", auth), (1, 0.0, 1.0)).await;
    costs(&stage, &tap, ("getUserById", json!({"userId": id})), (1, 0.0, 1.0)).await;
    costs(&stage, &tap, ("getUserByPublicKey", json!({"publicKey": key.to_string()})), (2, 0.0, 2.0)).await;
    let set = json!({"userId": id, "stripeCustomerId": "cus_1"});
    costs(&stage, &tap, ("setStripeCustomerId", set.clone()), (2, 4.0, 1.0)).await;
    costs(&stage, &tap, ("setStripeCustomerId", set), (1, 0.0, 1.0)).await;
    let page = json!({"paginationOpts": {"numItems": 500}});
    costs(&stage, &tap, ("listUsersForStripeReconcile", page), (1, 0.0, 1.0)).await;
}
