//! Service tokens that lie in Secrets Manager: a list with spaces in it, and the list before it, for a while.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use serde_json::{Value, json};
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, Env};
use shared::http::{Caller, finished};
use shared::token::{Scope, ServiceTokens};
use tests::api_gateway::GatewayAnswer;
use tests::doors::{Ask, assert_problem};
use tests::secrets_manager::{Mood, SecretsManager};
use tests::spine::{Spine, at, auth0};
use tests::users_api::bearing;

const NOW: i64 = 1_770_000_000_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const NAME: &str = "spine/service-tokens";

struct Kept {
    manager: SecretsManager,
    tokens: Secret,
    clock: Clock,
}

impl Kept {
    async fn holding(ids: &[&str]) -> Self {
        let (manager, clock) = (SecretsManager::start().await, Clock::standing(at(NOW)));
        let url = manager.url();
        let env = Env::of([
            ("DYNAMODB_ENDPOINT", "http://127.0.0.1:9"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &url),
            ("SERVICE_TOKENS_ARN", NAME),
            ("SECRET_OVERLAP", "7200"),
        ]);
        let (aws, spot) = (Aws::from_env(&env).unwrap(), env.whole_secret("SERVICE_TOKENS").unwrap());
        let http = aws::http_client(&aws);
        let tokens = Secret::open_whole(spot, &aws, http, Duration::from_secs(5), clock.clone());
        let kept = Self { manager, tokens, clock };
        kept.put(ids, NOW);
        kept
    }

    fn put(&self, ids: &[&str], made: i64) {
        self.put_entries(&ids.iter().map(|id| entry(id)).collect::<Vec<_>>(), made);
    }

    fn put_entries(&self, entries: &[Value], made: i64) {
        self.manager.rotate(NAME, &serde_json::to_string_pretty(entries).unwrap(), made.try_into().unwrap());
    }

    async fn status(&self, id: &str) -> u16 {
        let bearer = HeaderValue::from_str(&format!("Bearer {}", minted(id).0)).unwrap();
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
        match Caller::admit(Some(&self.tokens), &headers, self.clock.now()).await {
            Ok(caller) if caller.needs(Scope::ReadUsers).is_ok() => 200,
            Ok(_) => 403,
            Err(problem) if problem.code() == "unauthorized" => 401,
            Err(_) => 503,
        }
    }

    /// Asks the API for nobody in particular: a 404 is the word of whoever was let in.
    async fn ask(&self, spine: &Spine, id: &str) -> GatewayAnswer {
        let env = spine.env().with("AUTH0_ISSUER_BASE_URL", "https://your-tenant.auth0.com/");
        let app = users_api::App::from_env(&env).unwrap();
        let (service_tokens, clock) = (Some(self.tokens.clone()), self.clock.clone());
        let router = finished(users_api::routes(users_api::App { service_tokens, clock, ..app }));
        let nobody = format!("/v1/users/{}", auth0("auth0|nobody").user_id());
        bearing(&minted(id).0, Ask::new("GET", &nobody)).to(&router).await
    }

    /// Goes to this time, at which the list has been read again.
    async fn read_again_at(&self, time: i64) {
        self.clock.set(at(time));
        assert_eq!(self.status("unknown").await, 401);
    }
}

fn entry(id: &str) -> Value {
    json!({"id": id, "sha256": minted(id).1, "scopes": ["users:read"]})
}

fn minted(id: &str) -> (String, String) {
    ServiceTokens::mint(id, &[1; 32]).unwrap()
}

#[tokio::test]
async fn a_token_that_was_just_added_counts_at_once_and_one_that_was_struck_off_until_the_overlap_is_over() {
    let kept = Kept::holding(&["one", "two"]).await;
    assert_eq!((kept.status("one").await, kept.status("two").await, kept.status("three").await), (200, 200, 401));
    kept.clock.set(at(NOW + MINUTE));
    kept.put(&["two", "three"], NOW + MINUTE);
    assert_eq!(kept.status("three").await, 200, "an unknown one has the list read again");
    assert_eq!(kept.status("two").await, 200);
    assert_eq!(kept.status("one").await, 200, "of the list before");
    kept.clock.set(at(NOW + MINUTE + 2 * HOUR - 1));
    assert_eq!(kept.status("one").await, 200);
    // Now only the memory knows, and it must forget in time.
    kept.manager.set_mood(Mood::Failing);
    kept.clock.set(at(NOW + MINUTE + 2 * HOUR));
    assert_eq!((kept.status("one").await, kept.status("two").await), (401, 200), "two hours after the list was made");
}

#[tokio::test]
async fn an_id_that_the_list_still_names_is_judged_by_it_alone_and_so_revoked_at_once() {
    let kept = Kept::holding(&["ended", "narrowed", "renewed"]).await;
    for id in ["ended", "narrowed", "renewed"] {
        assert_eq!(kept.status(id).await, 200);
    }
    let (mut ended, mut narrowed, mut renewed) = (entry("ended"), entry("narrowed"), entry("renewed"));
    ended["expiresAt"] = json!(NOW);
    narrowed["scopes"] = json!(["users:write"]);
    renewed["sha256"] = entry("another")["sha256"].clone();
    kept.put_entries(&[ended, narrowed, renewed], NOW + MINUTE);
    kept.read_again_at(NOW + MINUTE).await;
    for (id, status) in [("ended", 401), ("narrowed", 403), ("renewed", 401), ("another", 200)] {
        assert_eq!(kept.status(id).await, status, "{id}");
    }
}

#[tokio::test]
async fn two_rotations_within_the_overlap_end_what_only_the_list_before_the_last_had() {
    let kept = Kept::holding(&["one"]).await;
    assert_eq!(kept.status("one").await, 200);
    kept.put(&["two"], NOW + MINUTE);
    kept.put(&["three"], NOW + 2 * MINUTE);
    kept.read_again_at(NOW + 2 * MINUTE).await;
    assert_eq!((kept.status("one").await, kept.status("two").await, kept.status("three").await), (401, 200, 200));
}

#[tokio::test]
async fn a_list_that_is_none_lets_nobody_in_and_an_outage_is_no_refusal() {
    let kept = Kept::holding(&["one"]).await;
    kept.manager.rotate(NAME, "0123456789abcdef", NOW.try_into().unwrap());
    assert_eq!(kept.status("one").await, 401, "though the list before it names this one");
    kept.manager.set_mood(Mood::Failing);
    kept.clock.set(at(NOW + 61 * MINUTE));
    assert_eq!(kept.status("one").await, 503);
}

#[tokio::test]
async fn the_api_lets_services_in_for_an_hour_without_secrets_manager_and_then_it_is_a_503_until_it_is_back() {
    let (kept, spine) = (Kept::holding(&["one"]).await, Spine::fresh().await);
    let statuses = async || [kept.ask(&spine, "one").await.status, kept.ask(&spine, "unknown").await.status];
    assert_eq!(statuses().await, [404, 401]);
    kept.manager.set_mood(Mood::Failing);
    for time in [MINUTE, 6 * MINUTE, 30 * MINUTE, HOUR - 1] {
        kept.clock.set(at(NOW + time));
        assert_eq!(statuses().await, [404, 401], "{time}");
    }
    for time in [HOUR, HOUR + 1, 3 * HOUR] {
        kept.clock.set(at(NOW + time));
        for id in ["one", "unknown"] {
            let answer = kept.ask(&spine, id).await;
            assert_problem(&answer, 503, "unavailable", id);
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert!(!answer.text().contains("token"), "{}", answer.text());
        }
    }
    kept.manager.set_mood(Mood::Well);
    assert_eq!(statuses().await, [404, 401]);
}
