//! Service tokens that lie in Secrets Manager: a list with spaces in it, and what is struck off it is revoked.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use serde_json::{Value, json};
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, Env};
use shared::http::Caller;
use shared::token::ServiceTokens;
use tests::secrets_manager::{Mood, SecretsManager};
use tests::spine::at;

const NOW: i64 = 1_770_000_000_000;
const MINUTE: i64 = 60_000;
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
        ]);
        let (aws, spot) = (Aws::from_env(&env).unwrap(), env.whole_secret("SERVICE_TOKENS").unwrap());
        let http = aws::http_client(&aws);
        let tokens = Secret::open_whole(spot, &aws, http, Duration::from_secs(5), clock.clone());
        let kept = Self { manager, tokens, clock };
        kept.put(ids, NOW);
        kept
    }

    fn put(&self, ids: &[&str], made: i64) {
        let entry = |id: &&str| json!({"id": id, "sha256": minted(id).1, "scopes": ["users:read"]});
        let list = Value::Array(ids.iter().map(entry).collect());
        self.manager.rotate(NAME, &serde_json::to_string_pretty(&list).unwrap(), made.try_into().unwrap());
    }

    async fn status(&self, id: &str) -> u16 {
        let bearer = HeaderValue::from_str(&format!("Bearer {}", minted(id).0)).unwrap();
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
        match Caller::admit(Some(&self.tokens), &headers, self.clock.now()).await {
            Ok(_) => 200,
            Err(problem) if problem.code() == "unauthorized" => 401,
            Err(_) => 503,
        }
    }
}

fn minted(id: &str) -> (String, String) {
    ServiceTokens::mint(id, &[1; 32]).unwrap()
}

#[tokio::test]
async fn a_token_that_was_just_added_counts_at_once_and_one_that_was_struck_off_does_not_outlive_five_minutes() {
    let kept = Kept::holding(&["one", "two"]).await;
    assert_eq!((kept.status("one").await, kept.status("two").await, kept.status("three").await), (200, 200, 401));
    kept.clock.set(at(NOW + MINUTE));
    kept.put(&["two", "three"], NOW + MINUTE);
    assert_eq!(kept.status("three").await, 200, "an unknown one has the list read again");
    assert_eq!(kept.status("two").await, 200);
    assert_eq!(kept.status("one").await, 401, "though the overlap of other secrets is a day");
}

#[tokio::test]
async fn a_list_that_is_none_lets_nobody_in_and_an_outage_is_no_refusal() {
    let kept = Kept::holding(&["one"]).await;
    kept.manager.rotate(NAME, "0123456789abcdef", NOW.try_into().unwrap());
    assert_eq!(kept.status("one").await, 401);
    kept.manager.set_mood(Mood::Failing);
    kept.clock.set(at(NOW + 61 * MINUTE));
    assert_eq!(kept.status("one").await, 503);
}
