//! A night of the template's state machines with the real function behind them: it dies, waits, and is fired twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use local::auth0::{Auth0Options, Auth0StandIn, ExportFaults};
use local::clerk::{ClerkOptions, ClerkStandIn};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::store::Lease;
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tests::spine::Spine;
use tests::step_functions::{End, ErrorOutput, StepFunctions};

use super::stage::{runs, users};

const NIGHT: &str = "2026-11-25T02:00:00Z";

async fn handled(app: &::reconcile::App, payload: Value) -> Result<Value, ErrorOutput> {
    let answer = app.handle(payload, None).await;
    answer.map_err(|failure| ErrorOutput::of_function(failure.code, &failure.message))
}

fn ended_in(end: Option<&End>) -> (&str, &Value) {
    match end {
        Some(End::Succeeded { state, output }) => (state, output),
        other => unreachable!("{other:?}"),
    }
}

async fn no_lock_is_left(spine: &Spine, source: &str) {
    let lease = Lease { source: source.to_owned(), owner: "a test".to_owned(), run_id: "1".to_owned() };
    let taken = spine.runs().take(&lease, Clock::system().now()).await.unwrap();
    assert_eq!(taken, Ok(()), "no lock is left behind");
}

#[tokio::test]
async fn a_night_that_times_out_and_is_fired_twice_is_one_runs_work_and_leaves_no_lock() {
    let (spine, clerk) = (Spine::fresh().await, ClerkStandIn::new(ClerkOptions::default()).unwrap());
    clerk.populate(1_200);
    let (died, seen) = (Arc::new(tokio::sync::Notify::new()), Arc::new(AtomicUsize::new(0)));
    let (dying, pages) = (died.clone(), seen.clone());
    // The first attempt dies at its third page, with the writes of the second one on their way.
    let front = in_front::serve(clerk.router(), "/v1/users", move |Leaving { response, .. }| {
        let (dying, page) = (dying.clone(), pages.fetch_add(1, Ordering::SeqCst) + 1);
        Box::pin(async move {
            if page == 3 {
                dying.notify_one();
                std::future::pending::<()>().await;
            }
            response
        })
    });
    let front = front.await;
    let env = spine.env().with("CLERK_API_URL", front.url()).with("CLERK_SECRET_KEY", "sk_test_local");
    let app = ::reconcile::App::from_env(&env.with("RECONCILE_SETTLE_SECONDS", "0")).unwrap();

    let mut aws = StepFunctions::deployed(&[("UseClerk", "yes")]);
    for _ in 0..2 {
        aws.fire("NightlyClerk", NIGHT).await;
    }
    let names = aws.names("ReconcileLoop");
    assert_eq!(names.len(), 1, "the second firing begins nothing");
    let mut attempts = 0;
    let night = aws.run("ReconcileLoop", &names[0], async |payload: Value| {
        attempts += 1;
        assert_eq!(payload["owner"], names[0].as_str());
        tokio::select! {
            answer = handled(&app, payload) => answer,
            () = died.notified() => Err(ErrorOutput::new("Sandbox.Timedout", "")),
        }
    });
    let night = night.await.clone();
    let (state, output) = ended_in(night.end.as_ref());
    assert_eq!((state, attempts, &output["listed"]), ("InStep", 2, &json!(1_200)), "{output}");
    let created = output["outcomes"]["created"].as_u64().unwrap();
    assert!(created < 1_200, "what the first attempt wrote is not written again: {output}");
    assert_eq!(users(&spine).await.len(), 1_200);
    no_lock_is_left(&spine, "clerk").await;
}

#[tokio::test]
async fn an_export_is_waited_for_without_a_function_and_resumed_by_the_same_owner() {
    let (spine, auth0) = (Spine::fresh().await, Auth0StandIn::new(Auth0Options::default()).unwrap());
    auth0.populate(1_100);
    let served = Served::start(auth0.router()).await;
    auth0.set_base_url(&served.url());
    // Longer than a function has patience; each wait of the machine's is an hour's worth here.
    auth0.set_export_faults(ExportFaults { hangs: true, ..ExportFaults::default() });
    let env = spine.env().with("AUTH0_ISSUER_BASE_URL", served.url()).with("AUTH0_CLIENT_ID", "local-client");
    let env = env.with("AUTH0_CLIENT_SECRET", "local-client-secret").with("RECONCILE_SETTLE_SECONDS", "0");
    let app = ::reconcile::App::from_env(&env).unwrap();

    let auth0s = [("Auth0IssuerBaseUrl", "https://tenant.eu.auth0.com/"), ("Auth0ClientId", "id")];
    let mut aws = StepFunctions::deployed(&auth0s);
    aws.fire("NightlyAuth0", NIGHT).await;
    let name = aws.names("ReconcileLoop").remove(0);
    let mut resumed = Vec::new();
    let night = aws.run("ReconcileLoop", &name, async |payload: Value| {
        if payload.get("resume").is_some() {
            auth0.set_export_faults(ExportFaults::default());
        }
        resumed.push(payload.get("resume").cloned());
        handled(&app, payload).await
    });
    let night = night.await.clone();
    let (state, output) = ended_in(night.end.as_ref());
    assert_eq!((state, &output["outcomes"]), ("InStep", &json!({"created": 1_100})), "{output}");
    assert!(resumed.len() == 2 && resumed[0].is_none() && resumed[1].is_some(), "{resumed:?}");
    assert_eq!(auth0.requests()["POST /api/v2/jobs/users-exports"], 1);
    let statuses: Vec<String> =
        runs(&spine).await.iter().map(|run| tests::spine::text(run, "status").unwrap_or("lease").to_owned()).collect();
    assert_eq!(statuses, ["unfinished", "finished"]);
    no_lock_is_left(&spine, "auth0").await;
}
