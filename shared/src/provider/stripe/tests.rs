//! What is asked of Stripe, and what its answers mean.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use serde_json::{Value, json as value};

use super::*;
use crate::domain::{Identity, Provider};
use crate::provider::testing::{Asked, QUICK, Stub, html, json};

fn stripe(stub: &Stub) -> Stripe {
    let settings = StripeSettings { base: stub.base.clone(), secret_key: SecretText::new("sk_test_canary"), page: 2 };
    Stripe::with_limits(settings, QUICK, Clock::system()).unwrap()
}

async fn answering(answer: impl Fn(usize, &Asked) -> Response + Send + Sync + 'static) -> (Stub, Stripe) {
    let stub = Stub::start(answer).await;
    let stripe = stripe(&stub);
    (stub, stripe)
}

fn user() -> UserId {
    Identity::new(Provider::auth0(), "auth0|ada").unwrap().user_id()
}

fn customer(number: u32) -> Value {
    value!({"id": format!("cus_{number}"), "object": "customer", "created": 1000 + number, "metadata": {}})
}

fn list(has_more: bool, data: Vec<Value>) -> Response {
    json(200, value!({"object": "list", "has_more": has_more, "data": data}))
}

async fn all(stripe: &Stripe) -> Result<Vec<String>, ProviderError> {
    let pages: Vec<CustomerPage> = stripe.customers(None).try_collect().await?;
    Ok(pages.iter().flat_map(|page| &page.customers).map(|customer| customer.id.to_string()).collect())
}

fn headed(status: u16, header: (&'static str, &'static str)) -> Response {
    let mut response = json(status, value!({"error": {"type": "api_error"}}));
    response.headers_mut().insert(header.0, header.1.parse().unwrap());
    response
}

#[tokio::test]
async fn pages_follow_each_other_with_the_key_and_the_version() {
    let (stub, stripe) = answering(|_, asked| match asked.param("starting_after").as_deref() {
        None => list(true, vec![customer(4), customer(3)]),
        Some("cus_3") => list(true, vec![customer(2), value!({"id": "legacy", "created": 5})]),
        Some("legacy") => list(false, vec![customer(1), customer(1)]),
        Some(other) => unreachable!("{other}"),
    })
    .await;
    assert_eq!(all(&stripe).await.unwrap(), ["cus_4", "cus_3", "cus_2", "cus_1"]);
    for asked in stub.asked() {
        assert_eq!((asked.path.as_str(), asked.number("limit", 0)), ("/v1/customers", 2));
        assert_eq!(asked.header("authorization"), "Bearer sk_test_canary");
        assert_eq!(asked.header("stripe-version"), "2026-07-29.dahlia");
    }
}

#[tokio::test]
async fn a_listing_that_does_not_end_well_is_an_error() {
    for broken in [
        |_: usize| list(true, vec![]),
        |_| list(true, vec![customer(2), customer(1)]),
        |before| if before == 0 { list(true, vec![customer(1)]) } else { html(200) },
        |_| json(200, value!({"object": "search_result", "has_more": false, "data": []})),
        |_| json(500, value!({})),
        |_| json(401, value!({})),
    ] {
        let (_, stripe) = answering(move |before, _| broken(before)).await;
        let error = all(&stripe).await.unwrap_err();
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn only_what_was_made_since_then_is_asked_for() {
    let (stub, stripe) = answering(|_, _| list(false, vec![])).await;
    let since = Timestamp::from_millis(1_700_000_000_900);
    let pages: Vec<CustomerPage> = stripe.customers(since).try_collect().await.unwrap();
    assert_eq!(pages, [CustomerPage::default()]);
    assert_eq!(stub.asked().first().unwrap().param("created[gte]").as_deref(), Some("1700000000"));
}

#[tokio::test]
async fn a_customer_is_there_or_gone_and_a_strange_404_is_neither() {
    let (_, stripe) = answering(|_, asked| match asked.path.rsplit('/').next().unwrap() {
        "cus_1" => json(200, customer(1)),
        "cus_2" => json(200, value!({"id": "cus_2", "object": "customer", "deleted": true})),
        "cus_3" => json(404, value!({"error": {"code": "resource_missing"}})),
        "cus_4" => html(404),
        _ => json(200, customer(7)),
    })
    .await;
    let found = stripe.customer("cus_1").await.unwrap();
    assert!(matches!(found, CustomerReading::Found(customer) if customer.id.as_str() == "cus_1"));
    assert_eq!(stripe.customer("cus_2").await, Ok(CustomerReading::Gone));
    assert_eq!(stripe.customer("cus_3").await, Ok(CustomerReading::Gone));
    assert!(matches!(stripe.customer("cus_4").await, Err(ProviderError::Refused { status: 404, .. })));
    assert!(matches!(stripe.customer("cus_5").await, Err(ProviderError::Unreadable { .. })));
}

#[tokio::test]
async fn a_customer_is_made_of_the_users_id_alone_and_each_repeat_is_the_same_request() {
    let (stub, stripe) =
        answering(|before, _| if before == 0 { json(500, value!({})) } else { json(200, customer(1)) }).await;
    let made = stripe.create(&user(), "cust-create:test:usr:1:2").await.unwrap();
    assert_eq!(made, Made::Customer("cus_1".parse().unwrap()));
    let asked = stub.asked();
    assert_eq!(asked.len(), 2);
    for asked in asked {
        let body = url::form_urlencoded::parse(&asked.body).into_owned().collect::<Vec<_>>();
        assert_eq!(body, [("metadata[user_id]".to_owned(), user().to_string())]);
        assert_eq!(asked.header("idempotency-key"), "cust-create:test:usr:1:2");
    }
}

#[tokio::test]
async fn a_stored_failure_is_not_asked_for_again() {
    for header in [("idempotent-replayed", "true"), ("stripe-should-retry", "false")] {
        let (stub, stripe) = answering(move |_, _| headed(500, header)).await;
        assert_eq!(stripe.create(&user(), "k").await, Ok(Made::Unknown));
        assert_eq!(stub.asked().len(), 1, "{header:?}");
    }
}

#[tokio::test]
async fn conflicts_pass_and_so_does_what_stripe_says_is_worth_a_repeat() {
    for (status, header) in [(409, ("x-any", "x")), (400, ("stripe-should-retry", "true"))] {
        let answer = move |before, _: &Asked| if before < 2 { headed(status, header) } else { json(200, customer(1)) };
        let (stub, stripe) = answering(answer).await;
        assert!(matches!(stripe.create(&user(), "k").await, Ok(Made::Customer(_))));
        assert_eq!(stub.asked().len(), 3, "{header:?}");
    }
    let (stub, stripe) = answering(|_, _| headed(409, ("stripe-should-retry", "false"))).await;
    assert!(matches!(stripe.create(&user(), "k").await, Err(ProviderError::Refused { status: 409, .. })));
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn a_storm_of_429_is_waited_out() {
    let limited =
        || (http::StatusCode::TOO_MANY_REQUESTS, [("stripe-rate-limited-reason", "global-rate")]).into_response();
    let (stub, stripe) = answering(move |before, _| if before < 5 { limited() } else { json(200, customer(1)) }).await;
    assert!(matches!(stripe.customer("cus_1").await, Ok(CustomerReading::Found(_))));
    assert_eq!(stub.asked().len(), 6);
}

#[tokio::test]
async fn only_what_is_told_of_a_customer_is_sent() {
    let (stub, stripe) = answering(|_, _| json(200, customer(1))).await;
    let id = "cus_1".parse().unwrap();
    stripe.describe(&id, None, None).await.unwrap();
    stripe.describe(&id, Some("a@example.com"), None).await.unwrap();
    let asked = stub.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked.first().unwrap().body, "email=a%40example.com");
}

#[tokio::test]
async fn the_key_tells_which_customers_it_opens() {
    let base: Issuer = "http://127.0.0.1:9".parse().unwrap();
    for (key, environment) in [("sk_live_1", "live"), ("rk_live_1", "live"), ("sk_test_1", "test"), ("other", "test")] {
        let settings = StripeSettings { base: base.clone(), secret_key: SecretText::new(key), page: 100 };
        assert_eq!(Stripe::new(settings, Clock::system()).unwrap().environment(), environment);
    }
}
