//! Each class that a reconcile can find, what `apply` does about it, and a second run that writes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use local::stripe::NewCustomer;
use shared::reconcile::Mode;
use shared::store::{Run, Sender};
use tests::people::patch;
use tests::spine::{auth0, clerk};

use super::stage::{Stage, days_ago, now};

fn counts(run: &Run) -> Vec<(&str, u64)> {
    run.counts.iter().map(|(cause, count)| (cause.as_str(), *count)).collect()
}

fn outcomes(run: &Run) -> Vec<(&str, u64)> {
    run.outcomes.iter().map(|(outcome, count)| (outcome.as_str(), *count)).collect()
}

/// The customers that a cause names in a run's notices.
fn named<'a>(run: &'a Run, cause: &str) -> Vec<&'a str> {
    let of = run.notices.iter().filter(|(known, ..)| known == cause);
    of.filter_map(|(.., customer)| customer.as_deref()).collect()
}

/// Checks, which writes nothing; then applies twice, the second time to no effect. The check and the last one.
async fn run_all(stage: &Stage) -> (Run, Run, Run) {
    let before = stage.stored().await;
    let check = stage.run(Mode::Check).await.unwrap();
    assert_eq!(stage.stored().await, before, "a check writes nothing");
    let applied = stage.run(Mode::Apply).await.unwrap();
    let after = stage.stored().await;
    let again = stage.run(Mode::Apply).await.unwrap();
    assert_eq!((stage.stored().await, outcomes(&again)), (after, vec![]), "a second run writes nothing");
    assert_eq!(stage.requests("POST /v1/customers") + stage.requests("POST /v1/customers/{id}"), 0);
    assert_eq!(stage.requests("DELETE /v1/customers/{id}"), 0);
    assert_eq!(stage.spine.claims().audit().await.unwrap().findings, []);
    (check, applied, again)
}

#[tokio::test]
async fn whoever_is_in_step_costs_nothing_beside_scan_and_listing() {
    let stage = Stage::set().await;
    for name in ["ann", "bob", "cat", "dan"] {
        let who = stage.person(name).await;
        let customer = stage.customer_of(&who, &format!("{name}@example.com"));
        stage.tie(&who, &customer.id).await;
    }
    // Other business of the same account.
    stage.stand_in.add(NewCustomer::default().called("stranger@example.com", "Stranger"));
    let run = stage.run(Mode::Check).await.unwrap();
    assert_eq!((run.in_step, run.listed, counts(&run)), (true, 5, vec![]));
    assert_eq!(stage.requests("GET /v1/customers"), 2, "pages of three");
    assert_eq!(stage.requests("GET /v1/customers/{id}"), 0);
}

#[tokio::test]
async fn a_missing_link_is_made_where_one_customer_names_the_user() {
    let stage = Stage::set().await;
    let (ada, eve) = (stage.person("ada").await, stage.somebody(&clerk("user_eve"), "eve", days_ago(10)).await);
    let (first, second) = (stage.customer_of(&ada, "any@example.com"), stage.customer_of(&eve, "eve@example.com"));
    let (check, applied, again) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (false, vec![("missing_link", 2)]));
    assert_eq!((applied.in_step, outcomes(&applied)), (true, vec![("linked", 2)]));
    assert_eq!(counts(&again), [("drift", 1)], "the first one's address is another one");
    assert_eq!(stage.row(&ada).await.stripe_customer_id, Some(first.id));
    assert_eq!(stage.row(&eve).await.stripe_customer_id, Some(second.id));
}

#[tokio::test]
async fn an_address_alone_links_nobody() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let customer = stage.stand_in.add(NewCustomer::default().called("ADA@example.com", "Ada"));
    let (check, applied, _) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (true, vec![("email_only_match", 1)]));
    assert_eq!(named(&applied, "email_only_match"), [customer.id.as_str()]);
    assert_eq!(stage.row(&ada).await.stripe_customer_id, None);
}

#[tokio::test]
async fn a_customer_who_is_gone_dangles_and_stays_listed() {
    let stage = Stage::set().await;
    let (ada, bob) = (stage.person("ada").await, stage.person("bob").await);
    let (deleted, there) = (stage.customer_of(&ada, "ada@example.com"), stage.customer_of(&bob, "bob@example.com"));
    stage.tie(&ada, &deleted.id).await;
    stage.tie(&bob, &there.id).await;
    let cat = stage.person("cat").await;
    stage.tie(&cat, "cus_neverThere").await;
    stage.stand_in.delete(&deleted.id).unwrap();
    let (check, applied, _) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (false, vec![("dangling", 2)]));
    let mut dangling = named(&applied, "dangling");
    dangling.sort_unstable();
    let mut expected = [deleted.id.as_str(), "cus_neverThere"];
    expected.sort_unstable();
    assert_eq!(dangling, expected);
    assert_eq!(stage.row(&ada).await.stripe_customer_id, Some(deleted.id));
}

#[tokio::test]
async fn several_customers_of_one_user_are_left_to_a_person() {
    let stage = Stage::set().await;
    let (ada, bob) = (stage.person("ada").await, stage.person("bob").await);
    let linked = stage.customer_of(&ada, "ada@example.com");
    stage.tie(&ada, &linked.id).await;
    for who in [&ada, &bob, &bob] {
        stage.customer_of(who, "x@example.com");
    }
    let (check, applied, _) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (false, vec![("duplicate", 2)]));
    assert!(named(&applied, "duplicate").contains(&linked.id.as_str()));
    assert_eq!(stage.row(&bob).await.stripe_customer_id, None);
}

#[tokio::test]
async fn a_customer_who_names_another_user_is_a_conflict() {
    let stage = Stage::set().await;
    let (ada, bob) = (stage.person("ada").await, stage.person("bob").await);
    let customer = stage.customer_of(&bob, "ada@example.com");
    stage.tie(&ada, &customer.id).await;
    let (check, applied, _) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (false, vec![("conflict", 1)]));
    assert_eq!(named(&applied, "conflict"), [customer.id.as_str()]);
    assert_eq!(stage.row(&bob).await.stripe_customer_id, None);
}

#[tokio::test]
async fn customers_of_nobody_and_of_the_deleted_are_orphans() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let customer = stage.customer_of(&ada, "ada@example.com");
    stage.tie(&ada, &customer.id).await;
    stage.delete(&ada, days_ago(0)).await;
    stage.customer_of(&auth0("auth0|unseen"), "x@example.com");
    stage.stand_in.add(NewCustomer::of_user("an id of another system"));
    let (check, applied, _) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (true, vec![("orphan", 3)]));
    assert!(named(&applied, "orphan").contains(&customer.id.as_str()));
    let told = shared::reconcile::answer(&applied).to_string();
    assert!(!told.contains("another system") && told.contains("stripeCustomerId"), "{told}");
}

#[tokio::test]
async fn another_address_or_name_is_reported_and_left_alone() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let customer = stage.customer_of(&ada, "books@example.com");
    stage.tie(&ada, &customer.id).await;
    let (check, ..) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (true, vec![("drift", 1)]));
    assert_eq!(stage.stand_in.customer(&customer.id).unwrap().email.as_deref(), Some("books@example.com"));
}

#[tokio::test]
async fn a_customer_of_an_earlier_life_or_of_an_unknown_one_is_only_reported() {
    let stage = Stage::set().await;
    let (ada, eve) = (auth0("auth0|ada"), auth0("auth0|eve"));
    stage.somebody(&ada, "ada", now().minus(Duration::from_secs(3600))).await;
    let written = stage.spine.users().upsert(&eve, &patch("eve"), Sender::Token("shop"), days_ago(10)).await;
    assert!(written.is_ok());
    for who in [&ada, &eve] {
        stage.customer_of(who, "x@example.com");
    }
    let (check, applied, _) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (false, vec![("missing_link", 2)]));
    assert_eq!((applied.in_step, outcomes(&applied)), (false, vec![]));
    assert_eq!(named(&applied, "missing_link").len(), 2);
}

#[tokio::test]
async fn nothing_of_a_deleted_life_comes_to_the_next_one() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let customer = stage.customer_of(&ada, "ada@example.com");
    stage.tie(&ada, &customer.id).await;
    stage.delete(&ada, now().minus(Duration::from_secs(7200))).await;
    stage.somebody(&ada, "ada", now().minus(Duration::from_secs(3600))).await;
    let (_, applied, _) = run_all(&stage).await;
    assert_eq!((counts(&applied), outcomes(&applied)), (vec![("missing_link", 1)], vec![]));
    assert_eq!(stage.row(&ada).await.stripe_customer_id, None);
}

#[tokio::test]
async fn what_is_too_young_is_written_and_is_no_drift() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    stage.stand_in.add(NewCustomer::of_user(ada.user_id().as_str()).called("ada@example.com", "ada"));
    let reconciler = || {
        let mut reconciler = stage.reconciler();
        reconciler.settle = Duration::from_secs(600);
        reconciler
    };
    let check = reconciler().run(Mode::Check).await.unwrap();
    assert_eq!((check.in_step, check.counts), (true, BTreeMap::new()));
    let applied = reconciler().run(Mode::Apply).await.unwrap();
    assert_eq!((applied.in_step, outcomes(&applied)), (true, vec![("linked", 1)]));
}

#[tokio::test]
async fn customers_on_test_clocks_are_in_step_though_no_listing_names_them() {
    let stage = Stage::set().await;
    for number in 0..4 {
        let who = stage.person(&format!("p{number}")).await;
        let new =
            NewCustomer { test_clock: Some("clock_1".to_owned()), ..NewCustomer::of_user(who.user_id().as_str()) };
        let new = new.called(&format!("p{number}@example.com"), &format!("p{number}"));
        stage.tie(&who, &stage.stand_in.add(new).id).await;
    }
    let who = stage.person("real").await;
    let customer = stage.customer_of(&who, "real@example.com");
    stage.tie(&who, &customer.id).await;
    let (check, ..) = run_all(&stage).await;
    assert_eq!((check.in_step, counts(&check)), (true, vec![]));
}
