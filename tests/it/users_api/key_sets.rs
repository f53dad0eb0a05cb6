//! The issuers' keys: how often they are asked for, what a rotation costs, what holds while an issuer is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::future::join_all;
use local::clerk::{ClerkOptions, ClerkStandIn, SessionToken};
use serde_json::json;
use shared::clock::Clock;
use shared::config::ClerkTokens;
use shared::jwt::{TokenError, UserTokens};
use tests::served::Served;
use tests::spine::at;
use tokio::sync::Mutex;

const NOW: i64 = 1_770_000_000_000;
const SECOND: i64 = 1000;

/// An issuer that can go away, and a verifier whose time is told by hand.
struct Stage {
    clerk: ClerkStandIn,
    tokens: UserTokens,
    clock: Clock,
    front: Arc<Front>,
    _served: Served,
}

struct Front {
    clerk: ClerkStandIn,
    away: AtomicBool,
    asked: AtomicUsize,
    /// Answers that are made, though they may not have left.
    made: AtomicUsize,
    /// Whoever has this keeps answers from leaving.
    answers: Mutex<()>,
}

async fn keys(State(front): State<Arc<Front>>) -> Response {
    front.asked.fetch_add(1, Ordering::SeqCst);
    // Whoever asks meanwhile has to wait for this answer.
    tokio::task::yield_now().await;
    if front.away.load(Ordering::SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let answer = Json(front.clerk.signing_keys().jwks()).into_response();
    front.made.fetch_add(1, Ordering::SeqCst);
    let _leaves = front.answers.lock().await;
    answer
}

impl Stage {
    async fn set() -> Self {
        let (listener, issuer) = Served::bind().await;
        let clerk = ClerkStandIn::new(ClerkOptions { issuer: issuer.clone(), ..ClerkOptions::default() }).unwrap();
        let (away, answers) = (AtomicBool::new(false), Mutex::default());
        let (asked, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let front = Arc::new(Front { clerk: clerk.clone(), away, asked, made, answers });
        let router = Router::new().route("/.well-known/jwks.json", get(keys)).with_state(front.clone());
        let clock = Clock::standing(at(NOW));
        let configured = ClerkTokens { issuer: issuer.parse().unwrap(), parties: Vec::new() };
        let tokens = UserTokens::new(None, Some(&configured), &clock).unwrap();
        Self { clerk, tokens, clock, front, _served: Served::on(listener, router) }
    }

    fn token(&self) -> String {
        self.token_by(&json!({}))
    }

    fn token_by(&self, header: &serde_json::Value) -> String {
        let claims = json!({"iat": null, "nbf": null, "exp": NOW / 1000 + 86_400});
        self.clerk.session_token(&SessionToken { user_id: "user_1".to_owned(), claims, header: header.clone() })
    }

    async fn verify(&self, token: &str) -> &'static str {
        match self.tokens.verify(token, self.clock.now()).await {
            Ok(_) => "right",
            Err(TokenError::Refused(_)) => "refused",
            Err(TokenError::Unavailable(_)) => "unavailable",
        }
    }

    fn later(&self, seconds: i64) {
        self.clock.set(at(NOW + seconds * SECOND));
    }

    fn away(&self, away: bool) {
        self.front.away.store(away, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.front.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn all_who_come_at_once_ask_once() {
    let stage = Stage::set().await;
    let token = stage.token();
    let all = join_all((0..50).map(|_| stage.verify(&token))).await;
    assert!(all.iter().all(|verdict| *verdict == "right"));
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn keys_that_were_read_before_the_first_request_are_not_asked_for_again() {
    let stage = Stage::set().await;
    stage.tokens.prime().await;
    assert_eq!((stage.verify(&stage.token()).await, stage.asked()), ("right", 1));
}

#[tokio::test]
async fn an_unknown_key_is_asked_for_once_a_minute_at_the_most() {
    let stage = Stage::set().await;
    assert_eq!(stage.verify(&stage.token()).await, "right");
    let unknown = stage.token_by(&json!({"kid": "unknown"}));
    for seconds in [1, 1, 30, 60] {
        stage.later(seconds);
        assert_eq!((stage.verify(&unknown).await, stage.asked()), ("refused", 2), "after {seconds} s");
    }
    stage.later(61);
    let all = join_all((0..50).map(|_| stage.verify(&unknown))).await;
    assert!(all.iter().all(|verdict| *verdict == "refused"));
    assert_eq!(stage.asked(), 3);
    stage.later(120);
    assert_eq!((stage.verify(&unknown).await, stage.asked()), ("refused", 3));
}

#[tokio::test]
async fn a_key_that_is_new_just_after_a_reading_counts_at_once() {
    let stage = Stage::set().await;
    stage.tokens.prime().await;
    stage.later(1);
    stage.clerk.signing_keys().rotate(false);
    assert_eq!((stage.verify(&stage.token()).await, stage.asked()), ("right", 2));
}

#[tokio::test]
async fn a_rotation_under_load_refuses_nobody() {
    let stage = Stage::set().await;
    let before = stage.token();
    assert_eq!(stage.verify(&before).await, "right");
    stage.later(90);
    stage.clerk.signing_keys().rotate(false);
    let after = stage.token();
    let mixed = (0..100).map(|number| stage.verify(if number % 2 == 0 { &before } else { &after }));
    assert!(join_all(mixed).await.iter().all(|verdict| *verdict == "right"));
    assert_eq!(stage.asked(), 2);
}

#[tokio::test]
async fn a_key_that_is_new_while_an_older_answer_is_on_its_way_is_asked_for_once_more() {
    let stage = Stage::set().await;
    let before = stage.token();
    assert_eq!(stage.verify(&before).await, "right");
    stage.later(601);
    let answers = stage.front.answers.lock().await;
    assert_eq!(stage.verify(&before).await, "right", "the keys are read beside this request");
    while stage.front.made.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    stage.clerk.signing_keys().rotate(false);
    let after = stage.token();
    let (verdict, ()) = tokio::join!(stage.verify(&after), async { drop(answers) });
    assert_eq!((verdict, stage.asked()), ("right", 3));
}

#[tokio::test]
async fn a_revoked_key_is_forgotten_within_ten_minutes_and_the_request_that_asks() {
    let stage = Stage::set().await;
    let before = stage.token();
    assert_eq!(stage.verify(&before).await, "right");
    stage.clerk.signing_keys().rotate(true);
    stage.later(601);
    assert_eq!(stage.verify(&before).await, "right", "the keys are read beside this request");
    while stage.asked() < 2 {
        tokio::task::yield_now().await;
    }
    let forgotten = async {
        while stage.verify(&before).await == "right" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), forgotten).await.unwrap();
    assert_eq!(stage.verify(&stage.token()).await, "right");
}

#[tokio::test]
async fn a_key_that_was_revoked_while_a_function_slept_for_an_hour_does_not_count_again() {
    let stage = Stage::set().await;
    let before = stage.token();
    assert_eq!(stage.verify(&before).await, "right");
    stage.clerk.signing_keys().rotate(true);
    stage.later(3600);
    let all = join_all((0..50).map(|_| stage.verify(&before))).await;
    assert!(all.iter().all(|verdict| *verdict == "refused"));
    assert_eq!(stage.asked(), 2);
}

#[tokio::test]
async fn while_the_issuer_is_away_known_keys_count_and_nobody_can_say_of_unknown_ones() {
    let stage = Stage::set().await;
    stage.away(true);
    let token = stage.token();
    assert_eq!(stage.verify(&token).await, "unavailable", "there never was a key");
    stage.away(false);
    assert_eq!(stage.verify(&token).await, "right");
    stage.away(true);
    for seconds in [61, 700, 5000] {
        stage.later(seconds);
        assert_eq!(stage.verify(&token).await, "right", "after {seconds} s");
    }
    stage.later(80_000);
    let unknown = stage.token_by(&json!({"kid": "unknown"}));
    assert_eq!(stage.verify(&unknown).await, "unavailable");
    stage.away(false);
    stage.later(80_061);
    assert_eq!(stage.verify(&unknown).await, "refused");
}
