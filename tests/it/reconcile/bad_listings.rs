//! Listings that fail, lie, or are not whole: an error where it can be told, and nobody is deleted.

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use local::auth0::{self, Auth0Options, Auth0StandIn};
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser};
use local::stand_in::listing::ListingFaults;
use serde_json::json;
use shared::provider::ProviderError;
use shared::reconcile::{Mode, ReconcileError};
use tests::served::Served;
use tests::spine::{Spine, text};

use super::stage::{Report, Stage, of_auth0, of_clerk, runs, users};

const PEOPLE: u64 = 80;

/// Everybody is known; then the listing has these faults. What a run says, after nothing has changed.
async fn run_with(faults: ListingFaults) -> Result<Report, ReconcileError> {
    let spine = Spine::fresh().await;
    let clerk = ClerkStandIn::new(ClerkOptions::default()).unwrap();
    for number in 0..PEOPLE {
        clerk.create_user(NewUser::person(&format!("p{number}@example.com"), "First", "Last")).unwrap();
    }
    let served = Served::start(clerk.router()).await;
    let reconciler = of_clerk(&spine, &served.url(), 10);
    assert_eq!(reconciler.run(Mode::Apply).await.unwrap().outcomes["created"], PEOPLE);

    let before = users(&spine).await;
    clerk.front().set_listing_faults(faults);
    let ended = reconciler.run(Mode::Apply).await;
    assert_eq!(users(&spine).await, before);
    let records = runs(&spine).await;
    let record = records.last().unwrap();
    assert_eq!(records.len(), 2);
    match &ended {
        Ok(_) => assert_eq!(text(record, "status"), Some("finished")),
        Err(error) => {
            assert_eq!(text(record, "status"), Some("failed"));
            assert_eq!(text(record, "error"), Some(error.to_string().as_str()));
            assert_eq!(record["in_step"].as_bool(), Ok(&false));
        }
    }
    ended.map(|run| Report {
        in_step: run.in_step,
        listed: run.listed,
        counts: json!(run.counts),
        outcomes: json!(run.outcomes),
        failures: run.failures,
    })
}

fn provider_error(ended: Result<Report, ReconcileError>) -> ProviderError {
    match ended {
        Err(ReconcileError::Provider(error)) => error,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn a_listing_without_users_is_no_listing_and_deletes_nobody() {
    let ended = run_with(ListingFaults { empty_from: Some(1), ..ListingFaults::default() }).await;
    assert!(matches!(ended, Err(ReconcileError::Incomplete { named: 0, counted: PEOPLE })), "{ended:?}");
}

#[tokio::test]
async fn half_a_listing_is_no_listing_and_deletes_nobody() {
    for faults in [
        ListingFaults { truncate_to: Some(40), ..ListingFaults::default() },
        ListingFaults { empty_from: Some(5), ..ListingFaults::default() },
    ] {
        let ended = run_with(faults).await;
        assert!(matches!(ended, Err(ReconcileError::Incomplete { named: 40, counted: PEOPLE })), "{ended:?}");
    }
}

#[tokio::test]
async fn a_listing_that_passes_over_two_calls_nobody_who_is_there_an_orphan() {
    let ended = run_with(ListingFaults { truncate_to: Some(78), ..ListingFaults::default() }).await;
    assert_eq!(ended.unwrap(), Report::nothing(78));
}

#[tokio::test]
async fn an_error_on_page_7_ends_the_run_and_is_recorded() {
    let refused = ListingFaults { fail_on_page: Some(7), status: Some(422), ..ListingFaults::default() };
    let error = provider_error(run_with(refused).await);
    assert!(matches!(error, ProviderError::Refused { status: 422, .. }), "{error}");

    let down = ListingFaults { fail_on_page: Some(7), ..ListingFaults::default() };
    let error = provider_error(run_with(down).await);
    assert!(matches!(error, ProviderError::Refused { status: 500, .. }), "{error}");
}

#[tokio::test]
async fn a_provider_that_recovers_in_time_is_listed_whole() {
    let hiccup = ListingFaults { fail_on_page: Some(7), fail_times: Some(2), ..ListingFaults::default() };
    assert_eq!(run_with(hiccup).await.unwrap(), Report::nothing(PEOPLE));
}

#[tokio::test]
async fn a_page_of_html_ends_the_run_whatever_its_status() {
    let html = ListingFaults { html: true, fail_on_page: Some(3), ..ListingFaults::default() };
    let error = provider_error(run_with(html.clone()).await);
    assert!(matches!(error, ProviderError::Unreadable { .. }), "{error}");
    let error = provider_error(run_with(ListingFaults { status: Some(403), ..html }).await);
    assert!(matches!(error, ProviderError::Unauthorized { status: 403, look_at: "CLERK_SECRET_KEY", .. }), "{error}");
}

#[tokio::test]
async fn a_repeated_page_counts_nobody_twice_and_loses_nobody() {
    let repeated = ListingFaults { repeat_page: Some(3), ..ListingFaults::default() };
    match run_with(repeated).await {
        Ok(report) => assert!(report.in_step && report.counts == json!({}), "{report:?}"),
        Err(ReconcileError::Provider(ProviderError::Unreadable { .. })) => {}
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn a_body_that_is_no_listing_ends_the_run() {
    for body in ["", "null", "{}", "[", r#"{"users":{}}"#, r#"{"data":[]}"#, r#"{"errors":[]}"#, "\"users\"", "[[]]x"] {
        let spine = Spine::fresh().await;
        let router = Router::new()
            .route("/oauth/token", axum::routing::post(|| async { r#"{"access_token":"t","expires_in":60}"# }))
            .fallback(move || async move { (StatusCode::OK, body).into_response() });
        let served = Served::start(router).await;
        for reconciler in [of_clerk(&spine, &served.url(), 10), of_auth0(&spine, &served.url(), 10)] {
            let ended = reconciler.run(Mode::Apply).await;
            assert!(
                matches!(ended, Err(ReconcileError::Provider(ProviderError::Unreadable { .. }))),
                "{body}: {ended:?}"
            );
        }
        assert!(users(&spine).await.is_empty());
    }
}

#[tokio::test]
async fn a_tenant_of_999_is_listed_by_pages_and_one_of_1000_by_an_export() {
    let spine = Spine::fresh().await;
    let auth0 = Auth0StandIn::new(Auth0Options::default()).unwrap();
    let served = Served::start(auth0.router()).await;
    auth0.set_base_url(&served.url());
    let join =
        |number: u32| auth0.create_user(auth0::NewUser::person(&format!("p{number}@example.com"), "Ada")).unwrap();
    (0..999).for_each(|number| drop(join(number)));
    let reconciler = of_auth0(&spine, &served.url(), 100);
    assert_eq!(reconciler.run(Mode::Apply).await.unwrap().outcomes["created"], 999);
    let exports = || auth0.requests().get("POST /api/v2/jobs/users-exports").copied().unwrap_or(0);
    assert_eq!(exports(), 0);

    join(999);
    let run = reconciler.run(Mode::Apply).await.unwrap();
    assert_eq!((run.listed, run.outcomes["created"], run.in_step, exports()), (1000, 1, true, 1));
    // A total that lies does not help: whoever meets the cap on the way turns to an export.
    join(1000);
    auth0.front().set_listing_faults(ListingFaults { count: Some(10), ..ListingFaults::default() });
    let run = reconciler.run(Mode::Apply).await.unwrap();
    assert_eq!((run.listed, run.in_step), (1001, true), "{run:?}");
    assert_eq!(users(&spine).await.len(), 1001);
}

#[tokio::test]
async fn a_failed_listing_is_an_error_of_the_invocation_with_its_type() {
    let stage = Stage::start().await;
    stage.clerk().create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    stage.clerk().idle().await;
    let before = stage.users().await;
    for (source, front) in [("clerk", stage.clerk().front()), ("auth0", stage.auth0().front())] {
        front.set_listing_faults(ListingFaults { status: Some(418), html: true, ..ListingFaults::default() });
        for mode in ["check", "apply"] {
            let error = stage.invoke(source, mode).await.unwrap_err();
            assert_eq!(error.error_type, "listing_failed");
            assert!(error.message.contains("status 418"), "{}", error.message);
            let records = runs(&stage.spine).await;
            let record = records.iter().rfind(|record| text(record, "source") == Some(source)).unwrap();
            assert_eq!((text(record, "status"), text(record, "mode")), (Some("failed"), Some(mode)));
        }
    }
    assert_eq!(stage.users().await, before);
}

#[tokio::test]
async fn credentials_of_another_tenant_are_an_error_and_nothing_of_theirs_is_written() {
    let spine = Spine::fresh().await;
    let tenant = |seed| {
        let clerk = ClerkStandIn::new(ClerkOptions { seed, ..ClerkOptions::default() }).unwrap();
        clerk.populate(12);
        clerk
    };
    let (ours, theirs) = (Served::start(tenant(1).router()).await, Served::start(tenant(2).router()).await);
    of_clerk(&spine, &ours.url(), 50).run(Mode::Apply).await.unwrap();
    let before = users(&spine).await;
    for mode in [Mode::Check, Mode::Apply] {
        let ended = of_clerk(&spine, &theirs.url(), 50).run(mode).await;
        assert!(matches!(ended, Err(ReconcileError::Strangers { named: 12, asked: 10 })), "{ended:?}");
        assert_eq!(users(&spine).await, before);
        let records = runs(&spine).await;
        assert_eq!(text(records.last().unwrap(), "status"), Some("failed"));
    }
}

#[tokio::test]
async fn who_signs_in_to_both_tenants_by_a_social_login_does_not_make_the_other_one_ours() {
    let spine = Spine::fresh().await;
    let tenant = async |name: &str| {
        let auth0 = Auth0StandIn::new(Auth0Options::default()).unwrap();
        let new = |id: &str| auth0.create_user(auth0::NewUser::person(&format!("{id}@x.example"), "Ada").with_id(id));
        (0..14).for_each(|number| drop(new(&format!("auth0|{name}{number}")).unwrap()));
        new("google-oauth2|developer").unwrap();
        let served = Served::start(auth0.router()).await;
        auth0.set_base_url(&served.url());
        served
    };
    let (ours, theirs) = (tenant("ours").await, tenant("theirs").await);
    of_auth0(&spine, &ours.url(), 50).run(Mode::Apply).await.unwrap();
    let before = users(&spine).await;
    let ended = of_auth0(&spine, &theirs.url(), 50).run(Mode::Apply).await;
    assert!(matches!(ended, Err(ReconcileError::Strangers { named: 15, asked: 10 })), "{ended:?}");
    assert_eq!(users(&spine).await, before);
}

#[tokio::test]
async fn new_people_alone_on_the_first_page_do_not_make_strangers_of_those_who_are_known() {
    let spine = Spine::fresh().await;
    let clerk = ClerkStandIn::new(ClerkOptions::default()).unwrap();
    clerk.populate(12);
    let served = Served::start(clerk.router()).await;
    of_clerk(&spine, &served.url(), 10).run(Mode::Apply).await.unwrap();
    // An import of people who are older than all others.
    for number in 0..15 {
        let created_at = Some(1_600_000_000_000 + number);
        let new = NewUser::person(&format!("imported{number}@example.com"), "First", "Last");
        clerk.create_user(NewUser { created_at, ..new }).unwrap();
    }
    let run = of_clerk(&spine, &served.url(), 10).run(Mode::Apply).await.unwrap();
    assert_eq!((run.outcomes["created"], run.listed, run.in_step), (15, 27, true));
}
