//! A listing that failed, was cut, empty or of another account: an error, nobody linked and nobody unlinked.

use local::stand_in::listing::ListingFaults;
use local::stripe::{StripeFaults, StripeOptions, StripeStandIn};
use shared::provider::ProviderError;
use shared::reconcile::{Mode, ReconcileError};
use tests::served::Served;

use super::stage::Stage;

/// Twelve users: eleven with their customers, and one whose customer is not linked yet.
async fn populated() -> Stage {
    let stage = Stage::set().await;
    for number in 0..12 {
        let name = format!("p{number}");
        let who = stage.person(&name).await;
        let customer = stage.customer_of(&who, &format!("{name}@example.com"));
        if number > 0 {
            stage.tie(&who, &customer.id).await;
        }
    }
    stage
}

async fn fails(stage: &Stage) -> ReconcileError {
    let before = stage.stored().await;
    let error = stage.run(Mode::Apply).await.unwrap_err();
    assert_eq!(stage.stored().await, before);
    let last = stage.spine.runs().recent("stripe", 1).await.unwrap();
    assert_eq!(last[0].status.as_str(), "failed");
    assert!(!last[0].in_step && last[0].error.is_some());
    error
}

#[tokio::test]
async fn a_listing_that_fails_breaks_off_or_repeats_itself_is_an_error() {
    let stage = populated().await;
    let none = ListingFaults::default;
    for faults in [
        ListingFaults { fail_on_page: Some(2), ..none() },
        ListingFaults { malformed_page: Some(3), ..none() },
        ListingFaults { html: true, ..none() },
        ListingFaults { empty_from: Some(2), ..none() },
        ListingFaults { drop_page: Some(2), ..none() },
        ListingFaults { repeat_page: Some(3), ..none() },
    ] {
        stage.stand_in.front().set_listing_faults(faults.clone());
        let error = fails(&stage).await;
        assert!(matches!(error, ReconcileError::Provider(_)), "{faults:?}: {error}");
    }
    stage.stand_in.front().set_listing_faults(ListingFaults { fail_on_page: Some(2), fail_times: Some(2), ..none() });
    assert_eq!(stage.run(Mode::Apply).await.unwrap().outcomes.get("linked"), Some(&1), "it passes");
}

#[tokio::test]
async fn a_listing_that_is_silently_cut_or_empty_is_no_listing() {
    let stage = populated().await;
    for (known, expected) in [(0, "nothing follows"), (1, "nothing follows"), (6, "nothing follows")] {
        stage.stand_in.front().set_listing_faults(ListingFaults { truncate_to: Some(known), ..Default::default() });
        let error = fails(&stage).await;
        assert!(error.to_string().contains(expected), "{known}: {error}");
    }
}

#[tokio::test]
async fn another_account_is_told_and_nobody_dangles() {
    let stage = populated().await;
    let other = StripeStandIn::new(StripeOptions { seed: 2, ..StripeOptions::default() });
    for _ in 0..3 {
        other.add(local::stripe::NewCustomer::default());
    }
    let served = Served::start(other.router()).await;
    let secret_key = shared::secret::SecretText::new("sk_test_local_stripe");
    let settings = shared::provider::StripeSettings { base: served.url().parse().unwrap(), secret_key, page: 100 };
    let mut reconciler = stage.reconciler();
    reconciler.stripe = shared::provider::Stripe::new(settings, shared::clock::Clock::system()).unwrap();
    let error = reconciler.run(Mode::Apply).await.unwrap_err();
    assert!(matches!(error, ReconcileError::Strangers { named: 3, asked: 10 }), "{error}");
    assert_eq!(shared::invocation::Failure::from(error).code, "foreign_realm");
}

#[tokio::test]
async fn a_refused_key_names_its_variable() {
    let stage = populated().await;
    let secret_key = shared::secret::SecretText::new("sk_test_canary");
    let settings = shared::provider::StripeSettings { base: stage.url().parse().unwrap(), secret_key, page: 100 };
    let mut reconciler = stage.reconciler();
    reconciler.stripe = shared::provider::Stripe::new(settings, shared::clock::Clock::system()).unwrap();
    let error = reconciler.run(Mode::Apply).await.unwrap_err();
    let unauthorized = matches!(error, ReconcileError::Provider(ProviderError::Unauthorized { status: 401, .. }));
    assert!(unauthorized && error.to_string().contains("STRIPE_SECRET_KEY"), "{error}");
}

#[tokio::test]
async fn a_storm_of_429_only_takes_time() {
    let stage = populated().await;
    stage.stand_in.set_faults(StripeFaults { too_many: 6, ..StripeFaults::default() });
    let run = stage.run(Mode::Apply).await.unwrap();
    assert_eq!((run.in_step, run.failures, run.outcomes.get("linked")), (true, 0, Some(&1)));
}

#[tokio::test]
async fn a_page_that_names_everybody_twice_makes_nobody_a_duplicate() {
    let stage = populated().await;
    stage.stand_in.front().set_listing_faults(ListingFaults { twice: true, ..Default::default() });
    let run = stage.run(Mode::Apply).await.unwrap();
    assert_eq!((run.in_step, run.listed, run.outcomes.get("linked")), (true, 12, Some(&1)));
}

#[tokio::test]
async fn a_customer_that_changes_before_the_write_is_not_linked() {
    use futures_util::FutureExt;
    let stage = populated().await;
    let (stand_in, mut customers) = (stage.stand_in.clone(), stage.stand_in.customers());
    let first = customers.pop().unwrap();
    let play = move || {
        let (stand_in, id) = (stand_in.clone(), first.id.clone());
        async move { drop(stand_in.delete(&id)) }.boxed()
    };
    // Four pages, and then the last look at that customer.
    stage.at_stripe(super::stage::Act { nth: 5, after: false, play: Box::new(play) });
    let run = stage.run(Mode::Apply).await.unwrap();
    assert_eq!((run.in_step, run.outcomes.get("moved")), (false, Some(&1)));
}
