//! The binary of the reconcile, against providers and a database that quote, break off and lie.

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::relay::Relay;
use tests::served::Served;
use tests::spine::Spine;

use super::songs::{CLIENT_ID, CLIENT_SECRET, SECRET_KEY, auth0_user, broken, canaries, clerk_user, engine_faults};
use crate::kit;

/// A provider that lists these users.
fn users(clerk: &[Value], auth0: &[Value]) -> impl Fn(&Uri) -> Response + Clone + Send + Sync + 'static {
    let (clerk, auth0) = (clerk.to_vec(), auth0.to_vec());
    move |uri: &Uri| match uri.path() {
        "/v1/users" => axum::Json(json!(clerk)).into_response(),
        "/api/v2/users" => {
            let page = json!({"start": 0, "limit": 100, "total": auth0.len(), "users": auth0});
            axum::Json(page).into_response()
        }
        path if path.starts_with("/v1/") => axum::Json(&clerk[0]).into_response(),
        _ => axum::Json(&auth0[0]).into_response(),
    }
}

/// A provider that gives out tokens, and answers so to everything else.
async fn provider(answer: impl Fn(&Uri) -> Response + Clone + Send + Sync + 'static) -> Served {
    let token = || async { r#"{"access_token":"canary-token","expires_in":600}"# };
    let router = Router::new().route("/oauth/token", axum::routing::post(token));
    let fallback = move |uri: Uri| {
        let answer = answer.clone();
        async move { answer(&uri) }
    };
    Served::start(router.fallback(fallback)).await
}

/// Both sources, both modes; what is answered, written and recorded, errors too.
async fn all_that_is_said(spine: &Spine, provider_url: &str, engine: &str) -> Vec<String> {
    let changes = [
        ("DYNAMODB_ENDPOINT", engine),
        ("USERS_TABLE", &spine.tables.users),
        ("CLAIMS_TABLE", &spine.tables.claims),
        ("SYNC_RUNS_TABLE", &spine.tables.sync_runs),
        ("AUTH0_DOMAIN", provider_url),
        ("CLERK_API_URL", provider_url),
        ("AUTH0_CLIENT_ID", CLIENT_ID),
        ("AUTH0_CLIENT_SECRET", CLIENT_SECRET),
        ("CLERK_SECRET_KEY", SECRET_KEY),
    ];
    let lambda = kit::start("reconcile", &kit::with(kit::variables("reconcile"), &changes)).await;
    let mut said = Vec::new();
    for (source, mode) in [("clerk", "apply"), ("auth0", "apply"), ("clerk", "check"), ("canary-name", "canary-name")] {
        said.push(format!("{:?}", lambda.invoke(json!({"source": source, "mode": mode})).await));
    }
    lambda.kill().await;
    assert!(lambda.logs().len() >= 2, "there is something to look at");
    said.extend(lambda.logs());
    said.extend(spine.items(&spine.tables.sync_runs).await.iter().map(|run| format!("{run:?}")));
    said
}

#[tokio::test]
async fn people_full_of_canaries_are_compared_and_written_in_silence() {
    let spine = Spine::fresh().await;
    let people = provider(users(&[clerk_user()], &[auth0_user()])).await;
    let said = all_that_is_said(&spine, &people.url(), &spine.endpoint).await;
    assert_eq!(spine.items(&spine.tables.users).await.len(), 2, "{said:?}");
    canaries().assert_silent(said);
    // They changed without a newer version, and then they are gone.
    let (mut clerk, mut auth0) = (clerk_user(), auth0_user());
    (clerk["first_name"], auth0["name"]) = (json!("canary-given 2"), json!("canary-name 2"));
    let changed = provider(users(&[clerk], &[auth0])).await;
    let said = all_that_is_said(&spine, &changed.url(), &spine.endpoint).await;
    assert!(said.iter().any(|line| line.contains("profile_differs")), "{said:?}");
    canaries().assert_silent(said);
    let gone = provider(|uri: &Uri| match uri.path() {
        "/v1/users" => "[]".into_response(),
        "/api/v2/users" => r#"{"total":0,"users":[]}"#.into_response(),
        _ => {
            let both = r#"{"statusCode":404,"message":"canary-page","errors":[{"message":"canary-page"}]}"#;
            (StatusCode::NOT_FOUND, both).into_response()
        }
    });
    let said = all_that_is_said(&spine, &gone.await.url(), &spine.endpoint).await;
    assert!(said.iter().any(|line| line.contains("orphan")), "{said:?}");
    canaries().assert_silent(said);
}

#[tokio::test]
async fn people_with_every_field_broken_are_listed_in_silence() {
    let spine = Spine::fresh().await;
    let people = provider(users(&broken(&clerk_user()), &broken(&auth0_user()))).await;
    let said = all_that_is_said(&spine, &people.url(), &spine.endpoint).await;
    assert!(said.iter().any(|line| line.contains("odd_user")), "{said:?}");
    canaries().assert_silent(said);
}

#[tokio::test]
async fn a_provider_that_fails_and_quotes_what_it_was_sent_is_not_quoted() {
    let answers: [fn() -> Response; 7] = [
        || (StatusCode::OK, "<html>canary-page</html>").into_response(),
        || (StatusCode::OK, r#"[{"id":"canary-subject-x","first_name":"canary-given""#).into_response(),
        || (StatusCode::OK, r#"{"users":"canary-name","total":"canary-name"}"#).into_response(),
        || (StatusCode::UNAUTHORIZED, r#"{"message":"canary-token is expired"}"#).into_response(),
        || (StatusCode::UNPROCESSABLE_ENTITY, r#"{"errors":[{"message":"canary-query"}]}"#).into_response(),
        || (StatusCode::FOUND, [("location", "http://canary-page.invalid/?q=canary-query")]).into_response(),
        || (StatusCode::INTERNAL_SERVER_ERROR, [("x-canary", "canary-header")], "canary-page").into_response(),
    ];
    let runs = answers.into_iter().map(|answer| async move {
        let spine = Spine::fresh().await;
        let hostile = provider(move |_: &Uri| answer()).await;
        all_that_is_said(&spine, &hostile.url(), &spine.endpoint).await
    });
    for said in join_all(runs).await {
        let told = |code| said.iter().any(|line| line.contains(code));
        assert!(told("listing_failed") || told("provider_unavailable"), "{said:?}");
        canaries().assert_silent(said);
    }
}

#[tokio::test]
async fn a_database_that_fails_a_run_and_quotes_what_it_was_sent_is_not_quoted() {
    let people = provider(users(&[clerk_user()], &[auth0_user()])).await;
    let url = people.url();
    for operation in ["Scan", "GetItem", "UpdateItem", "PutItem"] {
        let runs = engine_faults().into_iter().map(|fault| {
            let url = url.as_str();
            async move {
                let spine = Spine::fresh().await;
                let decide = move |asked: &str, _: u32| (asked == operation).then(fault);
                let relay = Relay::to(&spine.endpoint, decide).await;
                let said = all_that_is_said(&spine, url, &relay.url()).await;
                (said, relay.counts().contains_key(operation))
            }
        });
        for (said, met) in join_all(runs).await {
            assert!(met, "{operation}");
            canaries().assert_silent(said);
        }
    }
}
