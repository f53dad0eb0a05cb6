//! `ensureStripeCustomer`, as it goes well, and over lives.

use std::time::Duration;

use futures_util::FutureExt;
use local::stripe::NewCustomer;
use shared::clock::Clock;
use shared::customers::EnsureOutcome;
use shared::store::Sender;
use tests::sdk;
use tests::spine::{auth0, text};
use tests::wire_tap::Tap;

use super::stage::{Act, BY, Stage, days_ago, now};

#[tokio::test]
async fn a_customer_is_made_of_the_id_tied_and_then_told_the_address() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let outcome =
        stage.customers().ensure(&ada.user_id(), Some("ada@example.com"), Some("Ada"), BY, now()).await.unwrap();
    let id = stage.has_one(&ada).await;
    assert_eq!(outcome, EnsureOutcome::Linked(id.parse().unwrap()));
    let customer = stage.stand_in.customer(&id).unwrap();
    assert_eq!((customer.email.as_deref(), customer.name.as_deref()), (Some("ada@example.com"), Some("Ada")));
    assert_eq!(customer.metadata.into_iter().collect::<Vec<_>>(), [("user_id".to_owned(), ada.user_id().to_string())]);
    assert_eq!((stage.requests("POST /v1/customers"), stage.requests("POST /v1/customers/{id}")), (1, 1));
}

#[tokio::test]
async fn a_user_who_has_one_is_answered_at_once_by_one_read() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let (http, tap) = Tap::new(sdk::plain_http());
    let customers = stage.customers_over(http);
    customers.ensure(&ada.user_id(), None, None, BY, now()).await.unwrap();
    let first = tap.take().requests;
    assert_eq!(
        first.into_iter().collect::<Vec<_>>(),
        [("GetItem".to_owned(), 3), ("PutItem".to_owned(), 1), ("TransactWriteItems".to_owned(), 1)]
    );
    let before = stage.stand_in.requests();
    let again = customers.ensure(&ada.user_id(), Some("new@example.com"), None, BY, now()).await.unwrap();
    assert_eq!(again.as_str(), "already_linked");
    let spent = tap.take();
    assert_eq!((spent.total_requests(), stage.stand_in.requests()), (1, before));
    if stage.spine.is_embedded() {
        assert!((spent.read_units - 1.0).abs() < f64::EPSILON, "{spent:?}");
    }
}

#[tokio::test]
async fn nobody_and_the_deleted_get_none() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    stage.delete(&ada, days_ago(1)).await;
    assert_eq!(stage.ensure(&ada).await, Ok(EnsureOutcome::UserGone));
    assert_eq!(stage.ensure(&auth0("auth0|unseen")).await, Ok(EnsureOutcome::NoUser));
    assert!(stage.stand_in.requests().is_empty());
}

#[tokio::test]
async fn a_life_that_ends_in_between_leaves_its_customer_to_nobody_and_the_next_life_gets_its_own() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let (users, who) = (stage.spine.users(), ada.clone());
    let play = move || {
        let (users, who) = (users.clone(), who.clone());
        async move {
            let at = Clock::system().now().minus(Duration::from_secs(3600));
            users.delete(&who, at, Sender::Reconcile, at).await.unwrap();
        }
        .boxed()
    };
    stage.at_stripe(Act { nth: 1, after: true, play: Box::new(play) });
    assert_eq!(stage.ensure(&ada).await, Ok(EnsureOutcome::UserGone));
    assert_eq!(stage.row(&ada).await.stripe_customer_id, None);
    let first = stage.stand_in.customers()[0].id.clone();

    stage.somebody(&ada, "ada", now().minus(Duration::from_secs(60))).await;
    let outcome = stage.ensure(&ada).await.unwrap();
    let second = outcome.customer().unwrap().to_string();
    assert_ne!(second, first);
    assert_eq!(stage.row(&ada).await.stripe_customer_id, Some(second));
    assert_eq!(stage.intent(&ada).await, None);
}

#[tokio::test]
async fn a_life_that_ends_and_begins_anew_in_between_gets_nothing_of_the_wish() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let (users, who) = (stage.spine.users(), ada.clone());
    let play = move || {
        let (users, who) = (users.clone(), who.clone());
        async move {
            let at = Clock::system().now().minus(Duration::from_secs(3600));
            users.delete(&who, at, Sender::Reconcile, at).await.unwrap();
            let born = Clock::system().now().minus(Duration::from_secs(60));
            let profile = shared::domain::Profile::new(tests::people::facts("ada"), born, born, born);
            users.upsert(&who, &shared::domain::Told::Profile(profile), Sender::Login, born).await.unwrap();
        }
        .boxed()
    };
    stage.at_stripe(Act { nth: 1, after: true, play: Box::new(play) });
    assert_eq!(stage.ensure(&ada).await, Ok(EnsureOutcome::UserGone));
    assert_eq!(stage.row(&ada).await.stripe_customer_id, None);
}

#[tokio::test]
async fn a_customer_that_an_operator_gave_away_is_not_asked_for_again() {
    let stage = Stage::set().await;
    let (ada, bob) = (stage.person("ada").await, stage.person("bob").await);
    let (claims, id, other) = (stage.spine.claims(), ada.user_id(), bob.user_id());
    let stand_in = stage.stand_in.clone();
    let play = move || {
        let (claims, other, stand_in) = (claims.clone(), other.clone(), stand_in.clone());
        async move {
            let made = stand_in.customers()[0].id.parse().unwrap();
            claims.set_stripe_customer(&other, &made, None, BY, now()).await.unwrap();
        }
        .boxed()
    };
    stage.at_stripe(Act { nth: 1, after: true, play: Box::new(play) });
    let outcome = stage.customers().ensure(&id, None, None, BY, now()).await.unwrap();
    assert_eq!(stage.stand_in.customers().len(), 2);
    assert_eq!(stage.row(&ada).await.stripe_customer_id, outcome.customer().map(ToString::to_string));
    assert_ne!(stage.row(&ada).await.stripe_customer_id, stage.row(&bob).await.stripe_customer_id);
}

#[tokio::test]
async fn the_intent_names_life_attempt_and_key_and_goes_by_itself_one_day() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    stage.stand_in.set_faults(local::stripe::StripeFaults { locked: 3, ..Default::default() });
    assert!(stage.ensure(&ada).await.is_err());
    let intent = stage.intent(&ada).await.unwrap();
    let key = text(&intent, "idempotency_key").unwrap();
    assert!(key.starts_with(&format!("cust-create:test:{}:1:", ada.user_id())), "{key}");
    assert_eq!(tests::spine::number(&intent, "life"), Some(stage.row(&ada).await.created_at.millis()));
    let expires_at = tests::spine::number(&intent, "expires_at").unwrap();
    assert!(expires_at > now().seconds() + 300 * 86_400);
    assert_eq!(stage.spine.claims().audit().await.unwrap().findings, []);
    stage.ensure(&ada).await.unwrap();
    stage.has_one(&ada).await;
}

#[tokio::test]
async fn an_intent_of_yesterday_is_resolved_by_a_listing_whatever_came_of_it() {
    let day = Duration::from_secs(24 * 3600);
    for made in [true, false] {
        let stage = Stage::set().await;
        let ada = stage.person("ada").await;
        // The customer of somebody else, and one of this user's from long ago, are none of it.
        stage.stand_in.add(NewCustomer::of_user("usr_other").made(now().seconds()));
        let began = now();
        let wanted =
            shared::domain::Intent::next(&ada.user_id(), stage.row(&ada).await.created_at, "test", None, began);
        stage.spine.claims().begin_intent(&ada.user_id(), &wanted, None, began).await.unwrap();
        if made {
            stage.client().create(&ada.user_id(), &wanted.key).await.unwrap();
        }
        stage.stand_in.forget_keys();
        let lists = stage.requests("GET /v1/customers");
        let outcome = stage.ensure_at(&ada, began.plus(day)).await.unwrap();
        assert!(stage.requests("GET /v1/customers") > lists, "it looked first");
        assert_eq!(stage.stand_in.customers().len(), 2, "made: {made}");
        assert_eq!(stage.row(&ada).await.stripe_customer_id, outcome.customer().map(ToString::to_string));
        assert_eq!(stage.requests("POST /v1/customers"), 1);
        assert_eq!(stage.intent(&ada).await, None);
    }
}

#[tokio::test]
async fn where_several_customers_came_of_an_old_intent_a_person_has_to_choose() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let began = now();
    let wanted = shared::domain::Intent::next(&ada.user_id(), stage.row(&ada).await.created_at, "test", None, began);
    stage.spine.claims().begin_intent(&ada.user_id(), &wanted, None, began).await.unwrap();
    for _ in 0..2 {
        stage.stand_in.add(NewCustomer::of_user(ada.user_id().as_str()));
    }
    let outcome = stage.ensure_at(&ada, began.plus(Duration::from_secs(24 * 3600))).await;
    assert_eq!(outcome, Ok(EnsureOutcome::Ambiguous));
    assert_eq!(stage.row(&ada).await.stripe_customer_id, None);
}
