//! `ensureStripeCustomer` under every fault of Stripe's and of the database's: one customer, one link.

use local::stripe::StripeFaults;
use shared::customers::EnsureError;
use tests::faults::{Fault, Faults};
use tests::sdk;

use super::stage::{BY, Stage, now};

/// Wishes until it ends, as a caller does.
async fn until_it_ends(stage: &Stage, who: &shared::domain::Identity) -> usize {
    for tries in 1..10 {
        if stage.ensure(who).await.is_ok() {
            return tries;
        }
    }
    unreachable!("it never ended")
}

#[tokio::test]
async fn whatever_stripe_does_there_is_one_customer_in_the_end() {
    let none = StripeFaults::default;
    for (faults, creates) in [
        (StripeFaults { lose_replies: 1, ..none() }, 2),
        (StripeFaults { too_many: 4, ..none() }, 5),
        (StripeFaults { locked: 2, ..none() }, 3),
        (StripeFaults { locked: 4, ..none() }, 5),
        // A stored failure: its replay says so, a listing tells what came of it, and only then another key is used.
        (StripeFaults { fail_writes: 1, ..none() }, 3),
        (StripeFaults { fail_after_writing: 1, ..none() }, 2),
        (StripeFaults { fail_writes: 1, should_retry: Some(false), ..none() }, 2),
        (StripeFaults { fail_after_writing: 1, should_retry: Some(false), ..none() }, 1),
    ] {
        let stage = Stage::set().await;
        let ada = stage.person("ada").await;
        stage.stand_in.set_faults(faults.clone());
        until_it_ends(&stage, &ada).await;
        stage.has_one(&ada).await;
        assert_eq!(stage.requests("POST /v1/customers"), creates, "{faults:?}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_told_is_no_reason_to_fail() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let outcome = stage.customers().ensure(&ada.user_id(), Some("no address"), None, BY, now()).await.unwrap();
    assert_eq!(outcome.as_str(), "linked");
    let id = stage.has_one(&ada).await;
    assert_eq!(stage.stand_in.customer(&id).unwrap().email, None);
}

#[tokio::test]
async fn a_key_that_stripe_refuses_is_an_error_without_a_customer() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let secret_key = shared::secret::SecretText::new("sk_test_canary");
    let settings = shared::provider::StripeSettings { base: stage.url().parse().unwrap(), secret_key, page: 100 };
    let stripe =
        shared::provider::Stripe::with_limits(settings, super::stage::QUICK, shared::clock::Clock::system()).unwrap();
    let customers = shared::customers::Customers { stripe, ..stage.customers() };
    let error = customers.ensure(&ada.user_id(), None, None, BY, now()).await.unwrap_err();
    assert!(matches!(error, EnsureError::Stripe(_)) && error.to_string().contains("STRIPE_SECRET_KEY"), "{error}");
    assert!(!error.to_string().contains("canary"));
}

#[tokio::test]
async fn a_lost_reply_of_the_database_at_any_request_changes_nothing() {
    for operation in ["GetItem", "PutItem", "TransactWriteItems"] {
        for fault in [Fault::LostReply, Fault::NeverSent, Fault::Throttled, Fault::Conflict, Fault::InternalError] {
            if operation == "GetItem" && fault == Fault::Conflict {
                continue;
            }
            let stage = Stage::set().await;
            let ada = stage.person("ada").await;
            let (http, faults) = Faults::new(sdk::plain_http(), 1);
            faults.fail_next(operation, 1, fault);
            let outcome = stage.customers_over(http).ensure(&ada.user_id(), None, None, BY, now()).await;
            assert_eq!(outcome.map(|outcome| outcome.as_str()), Ok("linked"), "{operation} {fault:?}");
            assert_eq!(faults.injected().values().sum::<u32>(), 1, "{operation} {fault:?}");
            stage.has_one(&ada).await;
        }
    }
}
