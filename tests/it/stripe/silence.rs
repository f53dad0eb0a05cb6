//! No address, name or key in a log, an answer or an error, whatever happens.

use local::stripe::{NewCustomer, StripeFaults};
use serde_json::json;
use tests::canary::Canaries;

use super::stage::{BY, Stage, now};
use crate::kit;

const CANARIES: [&str; 5] =
    ["canary-name", "canary-mail@example.com", "canary-wish@example.com", "canary-metadata", "sk_test_local_stripe"];

#[tokio::test]
async fn the_binary_says_whom_it_is_about_by_ids_alone() {
    let stage = Stage::set().await;
    let eve = stage.person("canary-name-eve").await;
    stage.person("canary-mail").await;
    let new = NewCustomer::of_user(eve.user_id().as_str()).called("canary-mail@example.com", "canary-name-other");
    stage.stand_in.add(new.made(super::stage::days_ago(1).seconds()));
    stage.stand_in.add(NewCustomer::of_user("canary-metadata"));
    stage.stand_in.add(NewCustomer::default().called("canary-mail@example.com", "canary-name-third"));
    stage.stand_in.set_faults(StripeFaults { too_many: 1, ..StripeFaults::default() });
    let (url, tables) = (stage.url(), &stage.spine.tables);
    let changes = [
        ("DYNAMODB_ENDPOINT", stage.spine.endpoint.as_str()),
        ("USERS_TABLE", &tables.users),
        ("CLAIMS_TABLE", &tables.claims),
        ("SYNC_RUNS_TABLE", &tables.sync_runs),
        ("STRIPE_API_URL", &url),
    ];
    let lambda = kit::start("stripe-reconcile", &kit::with(kit::variables("stripe-reconcile"), &changes)).await;
    let mut said = Vec::new();
    for mode in ["check", "apply", "apply", "canary-name"] {
        said.push(format!("{:?}", lambda.invoke(json!({"mode": mode})).await));
    }
    stage
        .stand_in
        .front()
        .set_listing_faults(local::stand_in::listing::ListingFaults { html: true, ..Default::default() });
    said.push(format!("{:?}", lambda.invoke(json!({"mode": "apply"})).await));
    lambda.kill().await;
    said.extend(lambda.logs());
    assert!(said.iter().any(|line| line.contains("missing_link")) && said.iter().any(|line| line.contains("drift")));
    Canaries::new(CANARIES).assert_silent(said);
}

#[tokio::test]
async fn an_error_of_a_wish_says_nothing_of_whom_it_was_for() {
    let stage = Stage::set().await;
    let ada = stage.person("canary-name-ada").await;
    stage.stand_in.set_faults(StripeFaults { locked: 3, ..StripeFaults::default() });
    let (id, email, name) = (ada.user_id(), Some("canary-wish@example.com"), Some("canary-name-wish"));
    let error = stage.customers().ensure(&id, email, name, BY, now()).await.unwrap_err();
    let done = stage.customers().ensure(&id, email, name, BY, now()).await.unwrap();
    Canaries::new(CANARIES).assert_silent([error.to_string(), format!("{error:?}"), format!("{done:?}")]);
}
