//! Pages, searches, limits and faults.

use axum::http::Method;
use serde_json::json;

use super::{ask, auth0, get};
use crate::auth0::{Auth0Options, Auth0StandIn, NewUser};
use crate::stand_in::limit::Rate;

#[tokio::test]
async fn pages_name_everybody_once_up_to_the_cap() {
    let auth0 = auth0();
    auth0.populate(1050);
    let mut seen = Vec::new();
    for page in 0..10 {
        let path = format!("/api/v2/users?page={page}&per_page=100&include_totals=true&sort=created_at:-1");
        let answer = get(&auth0, &path).await.body;
        assert_eq!((&answer["start"], &answer["total"]), (&json!(page * 100), &json!(1050)));
        seen.extend(answer["users"].as_array().unwrap().iter().map(|user| user["user_id"].to_string()));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 1000);
    let past = get(&auth0, "/api/v2/users?page=10&per_page=100").await;
    assert_eq!(past.status, 400);
    assert!(past.body["message"].as_str().unwrap().starts_with("You can only page through the first 1000 records"));
    assert_eq!(get(&auth0, "/api/v2/users?per_page=101").await.status, 400);
    assert_eq!(get(&auth0, "/api/v2/users?sort=name").await.status, 400);
}

#[tokio::test]
async fn searches_find_by_window_address_and_identifier() {
    let auth0 = auth0();
    auth0.seed_people();
    let social = NewUser { connection: "google-oauth2".to_owned(), ..NewUser::person("Noor.Haddad@example.com", "N") };
    auth0.create_user(social.with_id("google-oauth2|123")).unwrap();
    for (query, expected) in [
        ("email:%22noor.haddad@example.com%22", 2),
        ("user_id:%22google-oauth2%7C123%22", 1),
        ("created_at:%5B2020-01-01%20TO%20*%5D", 4),
        ("created_at:%5B*%20TO%202020-01-01T00:00:00.000Z%7D", 0),
        ("email_verified:true%20AND%20name:priya*", 1),
        ("identities.provider:auth0", 3),
    ] {
        let answer = get(&auth0, &format!("/api/v2/users?search_engine=v3&include_totals=true&q={query}")).await;
        assert_eq!(answer.body["total"], expected, "{query}");
        assert_eq!(answer.body["length"], expected, "{query}");
    }
    let refused = get(&auth0, "/api/v2/users?q=noor%20OR%20elias").await;
    assert_eq!((refused.status, &refused.body["errorCode"]), (400, &json!("invalid_query_string")));
    let found = get(&auth0, "/api/v2/users-by-email?email=noor.haddad%40example.com").await;
    assert_eq!(found.body.as_array().unwrap().len(), 1, "another connection keeps the case");
}

#[tokio::test]
async fn an_empty_bucket_is_told_in_headers() {
    let rate = Some(Rate { burst: 1, per_second: 0.5 });
    let auth0 = Auth0StandIn::new(Auth0Options { rate, ..Auth0Options::default() }).unwrap();
    let first = get(&auth0, "/api/v2/users").await;
    assert_eq!((first.status, &first.headers["x-ratelimit-remaining"]), (200, &"0".parse().unwrap()));
    let second = get(&auth0, "/api/v2/users").await;
    assert_eq!((second.status, &second.headers["x-ratelimit-limit"]), (429, &"1".parse().unwrap()));
    let reset: i64 = second.headers["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
    assert!((1..=3).contains(&(reset - crate::stand_in::clock::now_ms() / 1000)));
}

#[tokio::test]
async fn a_listing_can_lie() {
    let auth0 = auth0();
    auth0.populate(12);
    for (faults, answers) in [
        (json!({ "failOnPage": 2, "failTimes": 1, "status": 503 }), [(200, 5), (503, 0), (200, 2)]),
        (json!({ "emptyFrom": 2 }), [(200, 5), (200, 0), (200, 0)]),
        (json!({ "truncateTo": 6 }), [(200, 5), (200, 1), (200, 0)]),
        (json!({ "repeatPage": 2 }), [(200, 5), (200, 5), (200, 2)]),
    ] {
        assert_eq!(ask(&auth0, Method::PUT, "/_control/listing", faults.clone()).await.status, 200);
        for (page, (status, users)) in answers.into_iter().enumerate() {
            let path = format!("/api/v2/users?per_page=5&page={page}&include_totals=true");
            let answer = get(&auth0, &path).await;
            let named = answer.body["users"].as_array().map_or(0, Vec::len);
            assert_eq!((answer.status, named), (status, users), "{faults}, page {page}");
        }
    }
    assert_eq!(ask(&auth0, Method::PUT, "/_control/listing", json!({ "loose": 1 })).await.status, 400);
}
