//! Every route that services use, with tokens that are missing, wrong, expired or of another scope.

use serde_json::json;
use shared::domain::Identity;
use tests::doors::{Ask, assert_problem};
use tests::people::{noon, told};
use tests::spine::auth0;
use tests::users_api::{as_service, bearing, service_token};

use super::api;

const KEY: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

/// Each route, and a token that it lets in.
fn routes(known: &Identity) -> Vec<(Ask, &'static str)> {
    let lookup = |filter: serde_json::Value| Ask::post("/v1/users/lookup", filter.to_string());
    let upsert = json!({"authProvider": "game", "authSubject": "a"});
    let keys = format!("/v1/users/{}/public-keys", known.user_id());
    let only = Ask::post(&keys.replace("keys", "key"), json!({ "publicKey": KEY }).to_string()).by("PUT");
    vec![
        (Ask::new("GET", &format!("/v1/users/{}", known.user_id())), "reader"),
        (Ask::new("GET", "/v1/users?clerkUserId=user_1"), "reader"),
        (Ask::new("GET", "/v1/users?email=ann%40example.com"), "reader"),
        (Ask::new("GET", "/v1/users?authProvider=auth0&authSubject=auth0%7Cknown"), "identity-reader"),
        (lookup(json!({"email": "ann@example.com"})), "reader"),
        (lookup(json!({"authProvider": "auth0", "authSubject": "auth0|known"})), "identity-reader"),
        (Ask::post("/v1/users", upsert.to_string()).by("PUT"), "writer"),
        (Ask::new("GET", &format!("/v1/users?publicKey={KEY}")), "reader"),
        (Ask::new("GET", "/v1/users?stripeCustomerId=cus_1"), "reader"),
        (lookup(json!({ "publicKey": KEY })), "reader"),
        (lookup(json!({"stripeCustomerId": "cus_1"})), "reader"),
        (Ask::new("GET", &keys), "reader"),
        (Ask::new("PUT", &format!("{keys}/{KEY}")), "key-writer"),
        (Ask::new("DELETE", &format!("{keys}/{KEY}")), "key-writer"),
        (only, "key-writer"),
    ]
}

const ALL: [&str; 4] = ["reader", "identity-reader", "writer", "key-writer"];

#[tokio::test]
async fn a_token_that_is_missing_wrong_or_expired_opens_no_route_and_the_challenge_says_which() {
    let (spine, api) = api().await;
    let known = auth0("auth0|known");
    for (ask, _) in routes(&known) {
        for nobody in [ask.clone(), ask.clone().header("authorization", "Basic YTpi")] {
            let answer = api.ask(&nobody).await;
            assert_problem(&answer, 401, "unauthorized", &format!("{nobody:?}"));
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        let right = service_token("all");
        let wrong = ["x", &right[..right.len() - 1], &format!("{right}0"), &right.to_uppercase()].map(str::to_owned);
        for token in wrong.into_iter().chain([service_token("ended"), service_token("unknown")]) {
            let answer = api.ask(&bearing(&token, ask.clone())).await;
            assert_problem(&answer, 401, "unauthorized", &format!("{ask:?}"));
            assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
        }
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn a_token_of_another_scope_is_told_which_one_it_lacks() {
    let (spine, api) = api().await;
    for (ask, allowed) in routes(&auth0("auth0|known")) {
        for id in ALL.into_iter().filter(|id| *id != allowed) {
            let answer = api.ask(&as_service(id, ask.clone())).await;
            assert_problem(&answer, 403, "scope_missing", &format!("{id}: {ask:?}"));
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(challenge.starts_with(r#"Bearer error="insufficient_scope", scope=""#), "{challenge}");
        }
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn a_token_of_the_right_scope_opens_its_route_in_any_case_of_the_scheme() {
    let (spine, api) = api().await;
    let known = auth0("auth0|known");
    let row = told("ann", 0, 100, 101);
    spine.users().upsert(&known, &row, shared::store::Sender::Login, noon(9_000)).await.unwrap();
    for (ask, allowed) in routes(&known) {
        for scheme in ["Bearer", "bearer", "BEARER "] {
            let ask = ask.clone().header("authorization", &format!("{scheme} {}", service_token(allowed)));
            let answer = api.ask(&ask).await;
            assert!([200, 204].contains(&answer.status), "{ask:?}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn whether_a_user_exists_is_told_to_nobody_without_a_token() {
    let (spine, api) = api().await;
    let (known, gone) = (auth0("auth0|known"), auth0("auth0|gone"));
    for who in [&known, &gone] {
        let row = told("ann", 0, 100, 101);
        spine.users().upsert(who, &row, shared::store::Sender::Login, noon(9_000)).await.unwrap();
    }
    spine.users().delete(&gone, noon(9_500), shared::store::Sender::Reconcile, noon(9_600)).await.unwrap();
    let unseen = auth0("auth0|unseen");
    let mut answers = Vec::new();
    for who in [&known, &gone, &unseen] {
        for token in [None, Some("wrong"), Some(service_token("writer").leak() as &str)] {
            let ask = Ask::new("GET", &format!("/v1/users/{}", who.user_id()));
            let ask = token.map_or(ask.clone(), |token| bearing(token, ask));
            answers.push(api.ask(&ask).await);
        }
    }
    for each in 0..3 {
        assert_eq!(answers[each], answers[each + 3]);
        assert_eq!(answers[each], answers[each + 6]);
    }
}
