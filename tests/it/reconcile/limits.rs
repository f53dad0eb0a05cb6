//! Providers that say "slower" and tokens that end: a run takes longer, and ends whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::response::IntoResponse;
use local::auth0::{self, Auth0Options, Auth0StandIn};
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser};
use local::stand_in::limit::Rate;
use shared::provider::ProviderError;
use shared::reconcile::{Mode, ReconcileError};
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tests::spine::Spine;

use super::stage::{next_millisecond, of_auth0, of_clerk, users};

/// A tenant with these people behind a door that counts refusals.
async fn limited_auth0(rate: Option<Rate>, count: u32) -> (Auth0StandIn, Served, Arc<AtomicUsize>) {
    let auth0 = Auth0StandIn::new(Auth0Options { rate, ..Auth0Options::default() }).unwrap();
    for number in 0..count {
        let new = auth0::NewUser::person(&format!("p{number}@example.com"), "Ada");
        auth0.create_user(new.with_id(&format!("auth0|p{number}"))).unwrap();
    }
    let refused = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&refused);
    let front = in_front::serve(auth0.router(), "/api/v2", move |Leaving { response, .. }| {
        counting.fetch_add(usize::from(response.status() == 429), Ordering::SeqCst);
        Box::pin(async { response })
    });
    let front = front.await;
    auth0.set_base_url(&front.url());
    (auth0, front, refused)
}

#[tokio::test]
async fn a_tight_limit_slows_a_run_down_and_nobody_is_passed_over() {
    let spine = Spine::fresh().await;
    let rate = Rate { burst: 3, per_second: 8.0 };
    let (auth0, front, _) = limited_auth0(Some(rate), 40).await;
    let reconciler = of_auth0(&spine, &front.url(), 10);
    assert_eq!(reconciler.run(Mode::Apply).await.unwrap().outcomes["created"], 40);
    // Each of those who left is asked for one by one, side by side: far more at once than the tenant allows.
    (0..30).for_each(|number| assert!(auth0.delete_user(&format!("auth0|p{number}"))));
    let run = reconciler.run(Mode::Check).await.unwrap();
    assert_eq!((run.listed, run.failures, run.counts.get("orphan")), (10, 0, Some(&30)));
}

#[tokio::test]
async fn a_spent_limit_is_waited_out_before_the_next_request() {
    let spine = Spine::fresh().await;
    let (_, front, refused) = limited_auth0(Some(Rate { burst: 1, per_second: 4.0 }), 4).await;
    let run = of_auth0(&spine, &front.url(), 1).run(Mode::Apply).await.unwrap();
    assert_eq!((run.listed, run.failures), (4, 0));
    // The header counts whole seconds, and a busy machine may round on the other side of one: once is no habit.
    assert!(refused.load(Ordering::SeqCst) <= 1, "the headers said when to ask");
}

#[tokio::test]
async fn clerks_retry_after_is_obeyed() {
    let spine = Spine::fresh().await;
    let options = ClerkOptions { requests_per_10_s: Some(5), ..ClerkOptions::default() };
    let clerk = ClerkStandIn::new(options).unwrap();
    for number in 0..9 {
        clerk.create_user(NewUser::person(&format!("p{number}@example.com"), "First", "Last")).unwrap();
    }
    let refused = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&refused);
    let front = in_front::serve(clerk.router(), "/v1", move |Leaving { response, .. }| {
        counting.fetch_add(usize::from(response.status() == 429), Ordering::SeqCst);
        Box::pin(async { response })
    });
    let run = of_clerk(&spine, &front.await.url(), 2).run(Mode::Apply).await.unwrap();
    assert_eq!((run.listed, run.failures, run.outcomes["created"]), (9, 0, 9));
    let refused = refused.load(Ordering::SeqCst);
    assert!((1..=2).contains(&refused), "asked too early {refused} times, and then not before the time");
}

/// Answers the n-th request with 401, as if the token had ended.
async fn with_401_at(at: usize, auth0: &Auth0StandIn) -> Served {
    let front = in_front::serve(auth0.router(), "/api/v2", move |Leaving { number, response, .. }| {
        let ended = (StatusCode::UNAUTHORIZED, r#"{"statusCode":401,"message":"Expired token"}"#).into_response();
        Box::pin(async move { if number >= at && number < at + 1 { ended } else { response } })
    });
    let front = front.await;
    auth0.set_base_url(&front.url());
    front
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_run_is_replaced_once() {
    for at in 1..=6 {
        let spine = Spine::fresh().await;
        let (auth0, _, _) = limited_auth0(None, 40).await;
        let front = with_401_at(at, &auth0).await;
        let run = of_auth0(&spine, &front.url(), 10).run(Mode::Apply).await.unwrap();
        assert_eq!((run.listed, run.failures, run.in_step), (40, 0, true));
        let requests = auth0.requests();
        assert_eq!(requests["POST /oauth/token"], if at <= 5 { 2 } else { 1 }, "{requests:?}");
        assert_eq!(users(&spine).await.len(), 40);
    }
}

#[tokio::test]
async fn credentials_that_are_refused_end_the_run_with_the_variables_names() {
    let spine = Spine::fresh().await;
    let auth0 = Auth0StandIn::new(Auth0Options { client_secret: "another".to_owned(), ..Auth0Options::default() });
    let auth0 = auth0.unwrap();
    let served = Served::start(auth0.router()).await;
    auth0.set_base_url(&served.url());
    let error = of_auth0(&spine, &served.url(), 10).run(Mode::Check).await.unwrap_err();
    let names_them = |look_at: &str| look_at.contains("AUTH0_CLIENT_ID") && look_at.contains("AUTH0_CLIENT_SECRET");
    let expected = |error| matches!(error, ReconcileError::Provider(ProviderError::Unauthorized { status: 401, look_at, .. }) if names_them(look_at));
    assert!(expected(error));

    // A token that is refused again after it was replaced is no reason to go on asking.
    let (auth0, _, _) = limited_auth0(None, 1).await;
    let front =
        in_front::serve(auth0.router(), "/api/v2", |_| Box::pin(async { StatusCode::UNAUTHORIZED.into_response() }));
    let front = front.await;
    auth0.set_base_url(&front.url());
    next_millisecond().await;
    let error = of_auth0(&spine, &front.url(), 10).run(Mode::Check).await.unwrap_err();
    assert!(expected(error));
    assert_eq!(auth0.requests()["POST /oauth/token"], 2);
}
