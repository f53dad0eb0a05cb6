//! A whole reconcile of a large tenant: the real binary against the real engine, a provider that computes its users.

use std::time::{Duration, Instant};

use local::stand_in::crowd::Crowd;
use serde_json::{Value, json};
use shared::domain::Provider;
use shared::reconcile::{Mode, Reconciler};
use tests::runtime_api::Lambda;
use tests::sdk;
use tests::spine::Spine;
use tests::wire_tap::Tap;

use crate::bare;
use crate::fill;
use crate::tenant::Tenant;

/// What is to be measured.
#[derive(clap::Args)]
pub(crate) struct Million {
    /// `auth0` or `clerk`
    #[arg(default_value = "auth0")]
    source: String,
    /// How many users
    #[arg(long, default_value_t = 1_000_000)]
    users: u64,
    /// Clerk's limit in requests per ten seconds; without it, none
    #[arg(long)]
    rate: Option<u32>,
    /// The release binary of the function
    #[arg(long, default_value = "target/release/reconcile")]
    binary: std::path::PathBuf,
}

/// An apply over a table in which one row in a hundred is old, a check, and the same work in process for its units.
pub(crate) async fn measure(wanted: &Million) {
    let spine = Spine::fresh().await;
    let tenant = Tenant::start(&wanted.source).await;
    let before = Crowd { changed: 0.0, ..Crowd::of(wanted.users) };
    tenant.set_crowd(before);
    let filling = Instant::now();
    let bytes = fill::table(&spine, &tenant, &before).await;
    println!("filled: {} rows of {} bytes in {:?}", wanted.users, bytes / wanted.users, filling.elapsed());

    // Whoever waits is counted alone first: the engine, and the provider.
    let scanning = Instant::now();
    let units = bare::scan(&spine, tenant.name()).await;
    let scan = scanning.elapsed();
    let listing = Instant::now();
    tenant.list().await;
    let list = listing.elapsed();
    println!("engine alone: scan {scan:?}, {units} read units; stand-in alone: listing {list:?}");

    tenant.set_rate(wanted.rate);
    let old = Crowd { changed: 0.01, ..before };
    tenant.set_crowd(old);
    let lambda = started(wanted, &spine, &tenant).await;
    let (answer, took, cpu) = invoked(&lambda, tenant.name(), "apply").await;
    println!("apply: {took:?}, CPU {cpu:?}, {answer}");
    assert_eq!(answer["outcomes"]["updated"], old.living_changed(), "one in a hundred is old");
    let each = cpu.as_secs_f64() * 1e6 / wanted.users as f64;
    println!("apply: {each:.2} us CPU a user");
    report_limit(wanted, took, scan);
    let (answer, took, cpu) = invoked(&lambda, tenant.name(), "check").await;
    println!("check: {took:?}, CPU {cpu:?}, {answer}");
    assert_eq!((&answer["inStep"], &answer["counts"]), (&json!(true), &json!({})), "in step");
    println!("check over engine and stand-in alone: {:.2} times", took.as_secs_f64() / (scan + list).as_secs_f64());
    println!("peak RSS: {:.1} MB", lambda.peak_memory().expect("it lives") as f64 / 1e6);
    drop(lambda);
    tenant.set_rate(None);
    units_of_an_apply(&spine, &tenant, Crowd { changed: 0.02, ..before }).await;
}

/// What the provider's own limit allows at best, where it is the bottleneck.
fn report_limit(wanted: &Million, took: Duration, scan: Duration) {
    let Some(rate) = wanted.rate else { return };
    let pages = wanted.users.div_ceil(500);
    // The first window of ten seconds is granted at once.
    let least = 10.0 * (pages as f64 / f64::from(rate) - 1.0).max(0.0);
    let listing = took.saturating_sub(scan).as_secs_f64();
    println!(
        "listing at {rate} requests per 10 s: at least {least:.1} s, took {listing:.1} s: {:.3} times",
        listing / least
    );
}

async fn started(wanted: &Million, spine: &Spine, tenant: &Tenant) -> Lambda {
    let mut variables =
        vec![("DYNAMODB_ENDPOINT", spine.endpoint.clone()), ("RECONCILE_SETTLE_SECONDS", "0".to_owned())];
    variables.extend(tenant.variables());
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let lambda = Lambda::start_with(&wanted.binary, &[], &variables, Duration::from_secs(3600)).await;
    lambda.wait_ready().await.expect("INIT ends");
    lambda
}

async fn invoked(lambda: &Lambda, source: &str, mode: &str) -> (Value, Duration, Duration) {
    let before = lambda.cpu_time().expect("it lives");
    let began = Instant::now();
    let mut event = json!({"source": source, "mode": mode, "owner": "bench"});
    loop {
        let answer = lambda.invoke(event.clone()).await.expect("a run");
        if answer["status"] == "finished" {
            return (answer, began.elapsed(), lambda.cpu_time().expect("it lives").saturating_sub(before));
        }
        assert_eq!(answer["status"], "unfinished");
        event["resume"] = answer["resume"].clone();
    }
}

/// Another one in a hundred is old now: what mending them takes of the table.
async fn units_of_an_apply(spine: &Spine, tenant: &Tenant, crowd: Crowd) {
    tenant.set_crowd(crowd);
    let (http, tap) = Tap::new(sdk::plain_http());
    let reconciler = Reconciler {
        users: spine.users_over(http),
        runs: spine.runs(),
        source: tenant.source(),
        settle: Duration::ZERO,
        clock: shared::clock::Clock::system(),
    };
    let run = reconciler.run(Mode::Apply).await.expect("a run");
    let spent = tap.take();
    let realm = match tenant.name() {
        "clerk" => Provider::clerk(),
        _ => Provider::auth0(),
    };
    println!(
        "units of an apply over {}: {:?}, {} write units, {} read units, requests {:?}",
        realm.as_str(),
        run.outcomes,
        spent.write_units,
        spent.read_units,
        spent.requests
    );
}
