//! A transfer: a key or a customer in other hands, and a code for each reason that it cannot be.

use serde_json::{Value, json};
use shared::domain::Identity;
use shared::store::Author;
use tests::spine::auth0;

use super::stage::{Stage, last_operation, now};

async fn hand(stage: &Stage, what: (&str, &str), from: &Identity, to: &Identity) -> String {
    let mut fields = json!({"fromUserId": from.user_id().as_str(), "toUserId": to.user_id().as_str()});
    fields[what.0] = what.1.into();
    match stage.ask("transfer", &fields).await {
        Ok(answer) => {
            let answer_of = |result: &Value| json!({"fromUserId": fields["fromUserId"], "toUserId": fields["toUserId"], "result": result});
            assert_eq!(answer, answer_of(&answer["result"]));
            answer["result"].as_str().expect("a result").to_owned()
        }
        Err(failure) => failure.code.to_owned(),
    }
}

#[tokio::test]
async fn a_key_and_a_customer_pass_and_both_rows_say_by_whom_and_why() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.join("ann").await, stage.join("bob").await);
    let key = stage.link(&ann, 1).await.to_string();
    let customer = "cus_1".parse().expect("a customer");
    let set = stage.spine.claims().set_stripe_customer(&ann.user_id(), &customer, None, Author::Internal, now()).await;
    set.expect("it is set");
    for what in [("publicKey", key.as_str()), ("stripeCustomerId", "cus_1")] {
        assert_eq!(hand(&stage, what, &ann, &bob).await, "transferred", "{what:?}");
        assert_eq!(hand(&stage, what, &ann, &bob).await, "already_theirs", "{what:?}");
    }
    for who in [&ann, &bob] {
        let told = last_operation(&stage.item(who).await);
        assert_eq!(told, ("transfer".to_owned(), "eve".to_owned(), "case 7".to_owned()));
    }
    let row = stage.row(&bob).await;
    assert_eq!((row.public_keys.len(), row.stripe_customer_id.as_deref()), (1, Some("cus_1")));
    stage.in_order().await;
}

#[tokio::test]
async fn each_reason_that_it_cannot_pass_has_its_code() {
    let stage = Stage::set().await;
    let (ann, bob, gone) = (stage.join("ann").await, stage.join("bob").await, stage.join("gone").await);
    let key = stage.link(&ann, 1).await.to_string();
    let key = ("publicKey", key.as_str());
    for (who, customer) in [(&ann, "cus_1"), (&bob, "cus_2")] {
        let customer = customer.parse().expect("a customer");
        let claims = stage.spine.claims();
        claims.set_stripe_customer(&who.user_id(), &customer, None, Author::Internal, now()).await.expect("set");
    }
    stage.clerk().delete_user(gone.subject()).expect("a user");
    stage.clerk().idle().await;
    assert_eq!(hand(&stage, key, &bob, &ann).await, "already_theirs");
    assert_eq!(
        hand(&stage, ("publicKey", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), &ann, &bob).await,
        "not_theirs"
    );
    assert_eq!(hand(&stage, ("stripeCustomerId", "cus_1"), &ann, &bob).await, "stripe_customer_differs");
    assert_eq!(hand(&stage, key, &ann, &auth0("auth0|unseen")).await, "user_unknown");
    assert_eq!(hand(&stage, key, &ann, &gone).await, "user_deleted");
    for number in 2..22 {
        stage.link(&bob, number).await;
    }
    assert_eq!(hand(&stage, key, &ann, &bob).await, "too_many_keys");
    assert_eq!(stage.row(&ann).await.public_keys.len(), 1);
    stage.in_order().await;
}
