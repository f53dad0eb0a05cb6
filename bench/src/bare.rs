//! What a reconcile needs of the engine and of a provider, asked for by itself and thrown away.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::spine::Spine;

/// As many as the reconcile reads side by side.
const SEGMENTS: u32 = 4;

#[derive(Deserialize)]
struct ScanPage {
    #[serde(rename = "LastEvaluatedKey")]
    last: Option<Value>,
    #[serde(rename = "ConsumedCapacity")]
    capacity: Capacity,
}

#[derive(Deserialize)]
struct Capacity {
    #[serde(rename = "CapacityUnits")]
    units: f64,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// All segments side by side, nothing of the rows looked at; the read units that they took.
pub(crate) async fn scan(spine: &Spine, realm: &str) -> f64 {
    let http = reqwest::Client::new();
    let segments = (0..SEGMENTS).map(async |segment| {
        let (mut start, mut units): (Option<Value>, f64) = (None, 0.0);
        loop {
            let mut request = json!({
                "TableName": spine.tables.users, "Segment": segment, "TotalSegments": SEGMENTS,
                "FilterExpression": "auth_provider = :realm", "ReturnConsumedCapacity": "TOTAL",
                "ExpressionAttributeValues": HashMap::from([(":realm", json!({"S": realm}))]),
            });
            if let (Some(start), Some(request)) = (start.take(), request.as_object_mut()) {
                request.insert("ExclusiveStartKey".to_owned(), start);
            }
            let page: ScanPage = serde_json::from_slice(&asked(&http, spine, &request).await).expect("a page");
            units += page.capacity.units;
            match page.last {
                Some(last) => start = Some(last),
                None => return units,
            }
        }
    });
    join_all(segments).await.into_iter().sum()
}

async fn asked(http: &reqwest::Client, spine: &Spine, request: &Value) -> Vec<u8> {
    let answer = http
        .post(&spine.endpoint)
        .header("x-amz-target", "DynamoDB_20120810.Scan")
        .header("content-type", "application/x-amz-json-1.0")
        .header("authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0")
        .header("x-amz-date", "20260101T000000Z")
        .body(request.to_string());
    let answer = answer.send().await.expect("the engine answers").error_for_status().expect("a page of the scan");
    answer.bytes().await.expect("a body").to_vec()
}

/// Page behind page, each read as far as the next one needs.
pub(crate) async fn clerk_pages(clerk: &str) {
    let http = reqwest::Client::new();
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

/// A job, and its file as it is sent.
pub(crate) async fn auth0_export(auth0: &str, token: &str) {
    let http = reqwest::Client::new();
    let fields: Vec<Value> =
        shared::wire::auth0_user::Auth0User::FIELDS.split(',').map(|name| json!({"name": name})).collect();
    let job = http.post(format!("{auth0}/api/v2/jobs/users-exports")).bearer_auth(token);
    let job = job.json(&json!({"format": "json", "fields": fields})).send().await.expect("an answer");
    let job: Value = serde_json::from_slice(&job.bytes().await.expect("a body")).expect("a job");
    let id = job["id"].as_str().expect("an id");
    let location = loop {
        let job = http.get(format!("{auth0}/api/v2/jobs/{id}")).bearer_auth(token).send().await.expect("an answer");
        let job: Value = serde_json::from_slice(&job.bytes().await.expect("a body")).expect("a job");
        if let Some(location) = job["location"].as_str() {
            break location.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let mut file = http.get(location).send().await.expect("a file");
    while file.chunk().await.expect("the file goes on").is_some() {}
}
