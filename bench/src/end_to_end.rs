//! A whole check against the real engine, over what the engine and the stand-in alone need to serve the same.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::spine::Spine;

/// As many as the reconcile reads side by side.
const SEGMENTS: u32 = 4;
const RUNS: u32 = 5;

#[derive(Deserialize)]
struct ScanPage {
    #[serde(rename = "LastEvaluatedKey")]
    last: Option<Value>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// Fills stand-in and table alike, then takes turns: the bare requests, and a check.
pub(crate) async fn measure(users: u32) {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let (clerk, clerk_url) = system.clerk.as_ref().expect("Clerk's stand-in");
    clerk.populate(users as usize);
    let app = reconcile::App::from_env(&system.env).expect("the variables are right");
    let filled = app.handle(json!({"source": "clerk", "mode": "apply"}), None).await.expect("a run");
    println!("filled: {}", filled["outcomes"]);

    let http = reqwest::Client::new();
    let mut ratios = Vec::new();
    for _ in 0..RUNS {
        let bare = Instant::now();
        scan(&http, &spine).await;
        let scanned = bare.elapsed();
        list(&http, clerk_url).await;
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

/// All segments side by side, nothing of the rows looked at.
async fn scan(http: &reqwest::Client, spine: &Spine) {
    join_all((0..SEGMENTS).map(async |segment| {
        let mut start: Option<Value> = None;
        loop {
            let mut request = json!({
                "TableName": spine.tables.users, "Segment": segment, "TotalSegments": SEGMENTS,
                "FilterExpression": "auth_provider = :realm",
                "ExpressionAttributeValues": HashMap::from([(":realm", json!({"S": "clerk"}))]),
            });
            if let (Some(start), Some(request)) = (start.take(), request.as_object_mut()) {
                request.insert("ExclusiveStartKey".to_owned(), start);
            }
            let answer = http
                .post(&spine.endpoint)
                .header("x-amz-target", "DynamoDB_20120810.Scan")
                .header("content-type", "application/x-amz-json-1.0")
                .header("authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0")
                .header("x-amz-date", "20260101T000000Z")
                .body(request.to_string())
                .send()
                .await
                .expect("the engine answers")
                .error_for_status()
                .expect("a page of the scan");
            let page: ScanPage = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("a page");
            match page.last {
                Some(last) => start = Some(last),
                None => return,
            }
        }
    }))
    .await;
}

/// Page behind page, each read as far as the next one needs.
async fn list(http: &reqwest::Client, clerk: &str) {
    let mut behind: Option<String> = None;
    loop {
        let mut request = http.get(format!("{clerk}/v1/users")).bearer_auth("sk_test_local");
        request = request.query(&[("limit", "500"), ("order_by", "+created_at")]);
        if let Some(behind) = &behind {
            request = request.query(&[("starting_after", behind)]);
        }
        let body = request.send().await.expect("the stand-in answers").bytes().await.expect("a body");
        let page: Vec<Named> = serde_json::from_slice(&body).expect("a page");
        if page.len() < 500 {
            return;
        }
        behind = page.last().map(|user| user.id.clone());
    }
}
