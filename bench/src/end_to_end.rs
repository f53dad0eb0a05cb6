//! A whole check against the real engine, over what the engine and the stand-in alone need to serve the same.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::spine::Spine;

use crate::bare;

const RUNS: u32 = 5;

/// Fills stand-in and table alike, then takes turns: the bare requests, and a check.
pub(crate) async fn measure(users: u32) {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let (clerk, clerk_url) = system.clerk.as_ref().expect("Clerk's stand-in");
    clerk.populate(users as usize);
    let app = reconcile::App::from_env(&system.env).expect("the variables are right");
    let filled = app.handle(json!({"source": "clerk", "mode": "apply"}), None).await.expect("a run");
    println!("filled: {}", filled["outcomes"]);

    let mut ratios = Vec::new();
    for _ in 0..RUNS {
        let bare = Instant::now();
        bare::scan(&spine, "clerk").await;
        let scanned = bare.elapsed();
        bare::clerk_pages(clerk_url).await;
        let bare = bare.elapsed();
        let whole = Instant::now();
        let answer = app.handle(json!({"source": "clerk", "mode": "check"}), None).await.expect("a run");
        let whole = whole.elapsed();
        assert_eq!(answer["inStep"], true, "nothing has changed");
        let ratio = whole.as_secs_f64() / bare.as_secs_f64();
        println!("bare {bare:?} (scan {scanned:?}), check {whole:?}, ratio {ratio:.2}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "check of {users} users over engine and stand-in alone: {:.2} times (median of {RUNS})",
        ratios.get(2).expect("five runs")
    );
    let _ = tokio::time::timeout(Duration::from_secs(2), system.end()).await;
}
