//! Export jobs, their files, and what can go wrong with them.

use std::io::Read;

use axum::body::Body;
use axum::http::{Method, Request};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::{Answer, ask, auth0, get, send};
use crate::auth0::{Auth0Options, Auth0StandIn, ExportFaults, NewUser};
use crate::stand_in::listing::ListingFaults;

async fn begin(auth0: &Auth0StandIn, body: Value) -> Answer {
    ask(auth0, Method::POST, "/api/v2/jobs/users-exports", body).await
}

/// Begins a job, and gives the link to its file.
async fn link(auth0: &Auth0StandIn, body: Value) -> String {
    let begun = begin(auth0, body).await;
    assert_eq!((begun.status, &begun.body["status"]), (200, &json!("pending")), "{}", begun.body);
    let job = get(auth0, &format!("/api/v2/jobs/{}", begun.body["id"].as_str().unwrap())).await;
    assert_eq!((job.status, &job.body["status"]), (200, &json!("completed")));
    let link = job.body["location"].as_str().unwrap();
    link.strip_prefix("http://127.0.0.1:4001").unwrap().to_owned()
}

async fn fetch(auth0: &Auth0StandIn, link: &str) -> (u16, Vec<u8>) {
    let response = auth0.router().oneshot(Request::get(link).body(Body::empty()).unwrap()).await.unwrap();
    (response.status().as_u16(), response.into_body().collect().await.unwrap().to_bytes().into())
}

async fn file(auth0: &Auth0StandIn, body: Value) -> Vec<u8> {
    let link = link(auth0, body).await;
    let (status, bytes) = fetch(auth0, &link).await;
    assert_eq!(status, 200);
    bytes
}

fn unzipped(bytes: &[u8]) -> Result<String, std::io::Error> {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).map(|_| text)
}

pub(super) async fn lines(auth0: &Auth0StandIn, body: Value) -> Vec<Value> {
    let text = unzipped(&file(auth0, body).await).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn all() -> Value {
    json!({ "format": "json", "fields": [{ "name": "user_id" }] })
}

#[tokio::test]
async fn an_export_names_everybody_once_with_the_fields_asked_for() {
    let auth0 = auth0();
    auth0.populate(300);
    let social = NewUser { connection: "github".to_owned(), ..NewUser::person("Ada@example.com", "Ada") };
    let ada = auth0.create_user(social.with_id("github|1")).unwrap();
    let fields = json!([
        { "name": "user_id" }, { "name": "email", "export_as": "mail" }, { "name": "updated_at" },
        { "name": "identities[0].connection", "export_as": "from" }, { "name": "family_name" },
    ]);
    let lines = lines(&auth0, json!({ "format": "json", "fields": fields })).await;
    assert_eq!(lines.len(), 301);
    let updated_at = crate::stand_in::clock::iso(ada.updated_at);
    let expected =
        json!({ "user_id": "github|1", "mail": "Ada@example.com", "updated_at": updated_at, "from": "github" });
    assert_eq!(lines[300], expected);
    let mut ids: Vec<String> = lines.iter().map(|line| line["user_id"].to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 301);
}

#[tokio::test]
async fn an_export_can_be_of_one_connection_or_of_a_few() {
    let auth0 = auth0();
    auth0.populate(5);
    let social = NewUser { connection: "github".to_owned(), ..NewUser::person("ada@example.com", "Ada") };
    auth0.create_user(social.with_id("github|1")).unwrap();
    let id = crate::auth0::exports::connection_id("github");
    let of_one = json!({ "format": "json", "connection_id": id });
    let predefined = lines(&auth0, of_one).await;
    assert_eq!((predefined.len(), &predefined[0]["email"]), (1, &json!("ada@example.com")));
    assert!(predefined[0].get("identities").is_none());
    assert_eq!(lines(&auth0, json!({ "format": "json", "limit": 3 })).await.len(), 3);
    let nobody = begin(&auth0, json!({ "format": "json", "connection_id": "con_0000000000000001" })).await;
    assert_eq!((nobody.status, &nobody.body["message"]), (400, &json!("The connection does not exist.")));
    assert_eq!(begin(&auth0, json!({ "format": "csv" })).await.status, 400);
    assert_eq!(get(&auth0, "/api/v2/jobs/job_0000000000000001").await.status, 404);
}

#[tokio::test]
async fn a_link_is_for_who_has_it_and_no_bearer() {
    let auth0 = auth0();
    let link = link(&auth0, all()).await;
    assert_eq!(fetch(&auth0, &link).await.0, 200);
    let with_bearer = Request::get(&link).header("authorization", format!("Bearer {}", auth0.issue_token()));
    assert_eq!(send(&auth0, with_bearer.body(Body::empty()).unwrap()).await.status, 400);
    let (path, _) = link.split_once('?').unwrap();
    let (status, body) = fetch(&auth0, &format!("{path}?expires=1&signature=1")).await;
    assert_eq!(status, 403);
    assert!(String::from_utf8(body).unwrap().contains("<Code>SignatureDoesNotMatch</Code>"));
}

#[tokio::test]
async fn who_comes_after_the_job_is_not_in_its_file() {
    let auth0 = Auth0StandIn::new(Auth0Options::default()).unwrap();
    auth0.populate(2);
    let link = link(&auth0, all()).await;
    let later = i64::MAX;
    crate::stand_in::lock(&auth0.it.register).enrol(NewUser::person("a@b.c", "A"), later).unwrap();
    assert_eq!(unzipped(&fetch(&auth0, &link).await.1).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn a_file_can_lie_in_every_way() {
    let auth0 = auth0();
    auth0.populate(300);
    let put = async |faults: Value| ask(&auth0, Method::PUT, "/_control/exports", faults).await.status;

    assert_eq!(put(json!({ "cutAfter": 500, "cutTimes": 1 })).await, 200);
    let cut = file(&auth0, all()).await;
    assert_eq!(cut.len(), 500);
    assert!(unzipped(&cut).is_err());
    assert_eq!(unzipped(&file(&auth0, all()).await).unwrap().lines().count(), 300);

    assert_eq!(put(json!({ "halfLine": true })).await, 200);
    let text = unzipped(&file(&auth0, all()).await).unwrap();
    assert_eq!(text.lines().count(), 300);
    assert!(!text.ends_with('\n'));
    assert!(serde_json::from_str::<Value>(text.lines().last().unwrap()).is_err());

    assert_eq!(put(json!({ "twice": true, "truncateTo": 200 })).await, 200);
    let twice = lines(&auth0, all()).await;
    assert_eq!((twice.len(), &twice[0]), (400, &twice[1]));

    assert_eq!(put(json!({ "plain": true })).await, 200);
    assert_eq!(String::from_utf8(file(&auth0, all()).await).unwrap().lines().count(), 300);

    assert_eq!(put(json!({ "html": true })).await, 200);
    assert!(file(&auth0, all()).await.starts_with(b"<!doctype html>"));

    assert_eq!(put(json!({ "expired": 1 })).await, 200);
    let link = link(&auth0, all()).await;
    assert_eq!((fetch(&auth0, &link).await.0, fetch(&auth0, &link).await.0), (403, 200));

    assert_eq!(put(json!({})).await, 200);
    auth0.front().set_listing_faults(ListingFaults { truncate_to: Some(7), ..ListingFaults::default() });
    assert_eq!(lines(&auth0, all()).await.len(), 7);
    assert_eq!(put(json!({ "loose": true })).await, 400);
}

#[tokio::test]
async fn a_job_can_fail_hang_or_vanish() {
    let auth0 = auth0();
    let id = begin(&auth0, all()).await.body["id"].as_str().unwrap().to_owned();
    for (faults, status, told) in [
        (json!({ "fails": true }), 200, json!("failed")),
        (json!({ "hangs": true }), 200, json!("processing")),
        (json!({ "takesMs": 3_600_000 }), 200, json!("pending")),
        (json!({ "vanishes": true }), 404, Value::Null),
        (json!({}), 200, json!("completed")),
    ] {
        assert_eq!(ask(&auth0, Method::PUT, "/_control/exports", faults.clone()).await.status, 200);
        let job = get(&auth0, &format!("/api/v2/jobs/{id}")).await;
        assert_eq!((job.status, &job.body["status"]), (status, &told), "{faults}");
    }
}

#[tokio::test]
async fn a_broken_connection_breaks_after_what_was_sent() {
    let auth0 = auth0();
    auth0.populate(300);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = auth0.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let faults = ExportFaults { cut_after: Some(900), cut_times: Some(1), breaks: true, ..ExportFaults::default() };
    auth0.set_export_faults(faults);
    let link = format!("{url}{}", link(&auth0, all()).await);
    let mut broken = reqwest::get(&link).await.unwrap();
    let mut sent = 0;
    let ended = loop {
        match broken.chunk().await {
            Ok(Some(bytes)) => sent += bytes.len(),
            ended => break ended,
        }
    };
    assert!(ended.is_err());
    assert_eq!(sent, 900);
    let whole = reqwest::get(&link).await.unwrap().bytes().await.unwrap();
    assert_eq!(unzipped(&whole).unwrap().lines().count(), 300);
}
