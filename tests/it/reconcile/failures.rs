//! Users who fail one by one: they are counted, and a run goes on as long as most of the others do not fail.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use futures_util::future::{BoxFuture, FutureExt, join_all, ready};
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser};
use serde_json::json;
use shared::provider::ProviderError;
use shared::reconcile::{Found, Mode, Order, ReconcileError, Stop, Watch};
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tests::spine::{Spine, clerk as clerk_identity};

use super::stage::{next_millisecond, of_clerk};

/// A table in step with a Clerk of so many people, the eldest first.
async fn in_step(people: usize) -> (Spine, ClerkStandIn, Vec<String>) {
    let (spine, clerk) = (Spine::fresh().await, ClerkStandIn::new(ClerkOptions::default()).unwrap());
    let new = |n| NewUser::person(&format!("p{n}@example.com"), "First", "Last");
    let ids = (0..people).map(|n| clerk.create_user(new(n)).unwrap().id).collect();
    let served = Served::start(clerk.router()).await;
    let run = of_clerk(&spine, &served.url(), 500).run(Mode::Apply).await.unwrap();
    assert_eq!(run.outcomes["created"], people as u64);
    (spine, clerk, ids)
}

/// Approves whatever is shown.
struct Yes;

impl Watch for Yes {
    fn approve<'a>(&'a self, _: &'a [Found]) -> BoxFuture<'a, bool> {
        ready(true).boxed()
    }
}

#[tokio::test]
async fn a_hundred_rows_that_cannot_be_read_do_not_end_the_run_for_all_others() {
    let (spine, clerk, ids) = in_step(130).await;
    let identities: Vec<_> = ids.iter().map(|id| clerk_identity(id)).collect();
    let spoilt = identities.iter().take(120);
    join_all(spoilt.map(|one| spine.set(one, "created_at", AttributeValue::S("soon".to_owned())))).await;
    clerk.create_user(NewUser::person("new@example.com", "New", "Last")).unwrap();
    let served = Served::start(clerk.router()).await;
    let run = of_clerk(&spine, &served.url(), 500).run(Mode::Apply).await.unwrap();
    assert_eq!((run.listed, run.failures, run.in_step), (131, 120, false));
    assert_eq!(json!(run.outcomes), json!({"created": 1}));
}

#[tokio::test]
async fn users_who_are_planned_count_among_those_of_whom_a_hundred_failed() {
    let (spine, clerk, ids) = in_step(340).await;
    // Known ones first, then many who are missing, then those whose proof fails.
    for id in &ids[10..230] {
        let key = AttributeValue::S(clerk_identity(id).user_id().to_string());
        spine.client().delete_item().table_name(&spine.tables.users).key("user_id", key).send().await.unwrap();
    }
    let unproved: BTreeSet<String> = ids[230..].iter().map(|id| format!("/v1/users/{id}")).collect();
    for id in &ids[230..] {
        spine.set(&clerk_identity(id), "last_name", AttributeValue::S("Other".to_owned())).await;
    }
    let front = in_front::serve(clerk.router(), "/v1/users", move |Leaving { path, response, .. }| {
        let refused = unproved.contains(&path);
        Box::pin(async move { if refused { StatusCode::UNPROCESSABLE_ENTITY.into_response() } else { response } })
    });
    let front = front.await;
    let reconciler = of_clerk(&spine, &front.url(), 10);
    let run = reconciler.carry_out(&Order::new(Mode::Sync), &Stop::new(), &Yes).await.unwrap();
    assert_eq!((run.listed, run.failures, run.in_step), (340, 110, false));
    assert_eq!(json!(run.outcomes), json!({"created": 220}));
}

/// Serves Clerk; its first single reads of people who are there fail in a way that nobody repeats.
async fn failing_first(clerk: &ClerkStandIn, failing: usize) -> Served {
    let left = AtomicUsize::new(failing);
    in_front::serve(clerk.router(), "/v1/users/", move |Leaving { response, .. }| {
        let fails = response.status() == StatusCode::OK
            && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        Box::pin(async move { if fails { StatusCode::UNPROCESSABLE_ENTITY.into_response() } else { response } })
    })
    .await
}

#[tokio::test]
async fn a_witness_who_cannot_be_read_is_passed_over_for_the_next_one() {
    for (failing, outcomes, withheld) in [(9, json!({"deleted": 1}), None), (10, json!({}), Some("witness"))] {
        let (spine, clerk, ids) = in_step(30).await;
        next_millisecond().await;
        clerk.delete_user(&ids[7]).unwrap();
        let front = failing_first(&clerk, failing).await;
        let order = Order { delete_orphans: true, ..Order::new(Mode::Apply) };
        let run = of_clerk(&spine, &front.url(), 500).carry_out(&order, &Stop::new(), &Yes).await.unwrap();
        assert_eq!((json!(run.outcomes), run.withheld.as_deref()), (outcomes, withheld), "{failing}");
    }
}

#[tokio::test]
async fn one_read_that_fails_does_not_decide_whether_a_tenant_is_ours() {
    let (spine, clerk, _) = in_step(12).await;
    for number in 0..15 {
        let new = NewUser::person(&format!("imported{number}@example.com"), "First", "Last");
        clerk.create_user(NewUser { created_at: Some(1_600_000_000_000 + number), ..new }).unwrap();
    }
    let nobody_answers = failing_first(&clerk, 10).await;
    let ended = of_clerk(&spine, &nobody_answers.url(), 10).run(Mode::Apply).await;
    assert!(matches!(ended, Err(ReconcileError::Provider(ProviderError::Refused { status: 422, .. }))), "{ended:?}");
    let one_answers = failing_first(&clerk, 9).await;
    let run = of_clerk(&spine, &one_answers.url(), 10).run(Mode::Apply).await.unwrap();
    assert_eq!((json!(run.outcomes), run.in_step), (json!({"created": 15}), true));
}
