//! What the operations cost the table, in requests and in units.

use serde_json::{Value, json};
use tests::sdk;
use tests::wire_tap::Tap;

use super::stage::Stage;

#[tokio::test]
async fn an_erase_and_a_restore_are_two_reads_and_a_write_and_claims_cost_a_transaction() {
    let (http, tap) = Tap::new(sdk::plain_http());
    let stage = Stage::over(http).await.behind();
    let (ada, bob) = (stage.join("ada").await, stage.join("bob").await);
    let key = stage.link(&bob, 1).await.to_string();
    let costs = async |operation: &str, fields: Value, cost: (u32, f64, f64)| {
        tap.take();
        stage.ask(operation, &fields).await.expect("an answer");
        let spent = tap.take();
        let write = spent.write_units - spent.index_write_units;
        let (write, read) = if stage.spine.is_embedded() { (write, spent.read_units) } else { (cost.1, cost.2) };
        assert_eq!((spent.total_requests(), write, read), cost, "{operation}: {spent:?}");
    };
    let of = |who: &shared::domain::Identity| json!({"userId": who.user_id().as_str(), "evenIfListed": true});
    costs("clear", json!({"userId": ada.user_id().as_str(), "fields": ["nickname"]}), (2, 1.0, 1.0)).await;
    let hand = json!({"publicKey": key, "fromUserId": bob.user_id().as_str(), "toUserId": ada.user_id().as_str()});
    costs("transfer", hand.clone(), (3, 6.0, 2.0)).await;
    costs("transfer", hand, (1, 0.0, 1.0)).await;
    costs("erase", of(&bob), (3, 1.0, 2.0)).await;
    costs("erase", of(&ada), (3, 4.0, 2.0)).await;
    costs("erase", of(&ada), (1, 0.0, 1.0)).await;
    costs("restore", of(&ada), (3, 1.0, 2.0)).await;
    costs("restore", of(&ada), (1, 0.0, 1.0)).await;
}
