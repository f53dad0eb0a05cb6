//! Secrets that lie in Secrets Manager, at the doors that need them: rotation, overlap, and an outage.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod each;
mod gate;
mod hour;
mod presented;

use std::time::Duration;

use shared::aws::Secret;
use shared::clock::Clock;
use shared::http::finished;
use tests::api_gateway::GatewayAnswer;
use tests::clerk_events::{INSTANCE, event, signed, user};
use tests::doors::{Ask, ClerkDoor, ISSUER, LoginDoor, assert_problem, login};
use tests::sdk;
use tests::secrets_manager::{Mood, SecretsManager};
use tests::spine::{Spine, at};

const NOW: i64 = 1_770_000_000_000;
const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const NAME: &str = "spine/action";

/// A login's door whose secret is kept by a Secrets Manager.
struct Kept {
    _spine: Spine,
    manager: SecretsManager,
    door: LoginDoor,
}

impl Kept {
    /// The secret is `one`, made two days ago, and counts for `overlap` after the next was made. Nothing is read yet.
    async fn new(overlap: i64) -> Self {
        let (spine, manager) = (Spine::fresh().await, SecretsManager::start().await);
        let clock = Clock::standing(at(NOW));
        let door = LoginDoor::with_secret(spine.users(), secret(&manager, overlap, &clock), clock);
        let it = Self { _spine: spine, manager, door };
        it.rotate("one", NOW - 2 * DAY);
        it
    }

    fn rotate(&self, value: &str, made: i64) {
        self.manager.rotate(NAME, value, made.try_into().unwrap());
    }

    fn set_time(&self, millis: i64) {
        self.door.clock.set(at(millis));
    }

    async fn login(&self, secret: &str) -> GatewayAnswer {
        self.door.ask(&Ask::login(secret, login("auth0|test123", "a@example.com").to_string())).await
    }

    async fn status(&self, secret: &str) -> u16 {
        self.login(secret).await.status
    }
}

fn secret(manager: &SecretsManager, overlap: i64, clock: &Clock) -> Secret {
    let client = sdk::secrets_manager(&manager.url(), sdk::plain_http());
    let overlap = Duration::from_millis(overlap.try_into().unwrap());
    Secret::managed(client, NAME.to_owned(), overlap, clock.clone())
}

/// Waits for what is under way beside the test.
async fn until(mut done: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !done().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it comes about");
}

#[tokio::test]
async fn a_rotation_counts_at_once_and_the_old_secret_still_does() {
    let kept = Kept::new(DAY).await;
    assert_eq!((kept.status("one").await, kept.manager.requests()), (200, 1));
    kept.set_time(NOW + 10 * SECOND);
    kept.rotate("two", NOW + 10 * SECOND);
    assert_eq!(kept.status("one").await, 200);
    assert_eq!(kept.manager.requests(), 1);
    assert_eq!(kept.status("two").await, 200);
    assert_eq!(kept.manager.requests(), 3, "the current stage and the previous one");
    for secret in ["one", "two"] {
        assert_eq!(kept.status(secret).await, 200);
    }
    assert_eq!((kept.status("three").await, kept.manager.requests()), (401, 3));
}

#[tokio::test]
async fn wrong_secrets_make_it_read_once_a_minute_at_most() {
    let kept = Kept::new(DAY).await;
    assert_eq!(kept.status("one").await, 200);
    let mut expected = 1;
    for minute in 0..4 {
        expected += 1;
        for moment in [0, 1, 30 * SECOND, MINUTE - 1] {
            kept.set_time(NOW + minute * MINUTE + moment);
            assert_eq!((kept.status("wrong").await, kept.manager.requests()), (401, expected), "{minute} {moment}");
        }
    }
    // And a rotation within that minute counts when the minute is over.
    kept.rotate("two", NOW + 3 * MINUTE + 30 * SECOND);
    assert_eq!(kept.status("two").await, 401);
    kept.set_time(NOW + 4 * MINUTE);
    assert_eq!(kept.status("two").await, 200);
}

#[tokio::test]
async fn the_previous_secret_counts_for_the_overlap_after_the_current_was_made_and_not_longer() {
    let kept = Kept::new(10 * MINUTE).await;
    kept.rotate("two", NOW - MINUTE);
    assert_eq!(kept.status("two").await, 200);
    // From now on only the memory knows, and it must forget in time.
    kept.manager.set_mood(Mood::Failing);
    for (time, old) in [(NOW, 200), (NOW + 9 * MINUTE - 1, 200), (NOW + 9 * MINUTE, 401), (NOW + 20 * MINUTE, 401)] {
        kept.set_time(time);
        assert_eq!((kept.status("one").await, kept.status("two").await), (old, 200), "{}", time - NOW);
    }
    kept.manager.set_mood(Mood::Well);
    kept.set_time(NOW + 30 * MINUTE);
    assert_eq!((kept.status("one").await, kept.status("two").await), (401, 200));
}

#[tokio::test]
async fn a_second_rotation_revokes_the_first_secret_whatever_the_overlap() {
    let kept = Kept::new(DAY).await;
    assert_eq!(kept.status("one").await, 200);
    kept.rotate("two", NOW);
    kept.rotate("three", NOW + 1);
    kept.set_time(NOW + 2);
    assert_eq!(kept.status("three").await, 200);
    assert_eq!((kept.status("two").await, kept.status("one").await), (200, 401));
}

#[tokio::test]
async fn after_five_minutes_it_is_read_anew_beside_the_request() {
    let kept = Kept::new(0).await;
    assert_eq!((kept.status("one").await, kept.manager.requests()), (200, 1));
    kept.rotate("two", NOW);
    kept.set_time(NOW + 5 * MINUTE - 1);
    assert_eq!((kept.status("one").await, kept.manager.requests()), (200, 1));
    kept.set_time(NOW + 5 * MINUTE);
    // The request that notices is served from memory; what it began ends the old secret for those after it.
    assert_eq!(kept.status("one").await, 200);
    until(async || kept.status("one").await == 401).await;
    assert_eq!(kept.status("two").await, 200);
}

#[tokio::test]
async fn no_request_waits_for_the_reading_beside_it() {
    let kept = Kept::new(DAY).await;
    assert_eq!(kept.status("one").await, 200);
    kept.manager.set_mood(Mood::Hanging);
    kept.set_time(NOW + 6 * MINUTE);
    for _ in 0..3 {
        assert_eq!(kept.status("one").await, 200);
    }
    until(async || kept.manager.requests() == 2).await;
}

#[tokio::test]
async fn memory_serves_for_an_hour_while_secrets_manager_fails_and_then_it_is_a_503() {
    let kept = Kept::new(DAY).await;
    assert_eq!(kept.status("one").await, 200);
    kept.manager.set_mood(Mood::Failing);
    for time in [MINUTE, 6 * MINUTE, 30 * MINUTE, HOUR - 1] {
        kept.set_time(NOW + time);
        assert_eq!((kept.status("one").await, kept.status("wrong").await), (200, 401), "{time}");
    }
    for time in [HOUR, HOUR + 1, 3 * HOUR] {
        kept.set_time(NOW + time);
        for secret in ["one", "wrong"] {
            let answer = kept.login(secret).await;
            assert_problem(&answer, 503, "unavailable", secret);
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert!(!answer.text().to_lowercase().contains("secret"), "{}", answer.text());
        }
    }
    kept.manager.set_mood(Mood::Well);
    assert_eq!((kept.status("one").await, kept.status("wrong").await), (200, 401));
}

#[tokio::test]
async fn a_start_without_secrets_manager_is_a_503_until_it_is_back() {
    let kept = Kept::new(DAY).await;
    kept.manager.set_mood(Mood::Failing);
    for _ in 0..2 {
        assert_problem(&kept.login("one").await, 503, "unavailable", "nothing was ever read");
    }
    kept.manager.set_mood(Mood::Well);
    assert_eq!((kept.status("one").await, kept.status("wrong").await), (200, 401));
}

#[tokio::test]
async fn a_secret_without_text_opens_nothing() {
    let kept = Kept::new(0).await;
    kept.rotate("  ", NOW);
    for secret in ["one", " ", ""] {
        assert_eq!(kept.status(secret).await, 503);
    }
}

#[tokio::test]
async fn clerks_signing_secret_rotates_with_an_overlap_too_and_may_have_several_words() {
    let (spine, manager, clock) = (Spine::fresh().await, SecretsManager::start().await, Clock::standing(at(NOW)));
    let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_AAAA"];
    let door = ClerkDoor::with(spine.users(), secret(&manager, DAY, &clock), Some(INSTANCE), clock.clone());
    let body = event("user.created", NOW, &user("user_1", ("A", ""), "a@example.com", NOW, NOW)).to_string();
    let believed = async || {
        let mut statuses = Vec::new();
        for secret in secrets {
            statuses.push(door.ask(&signed(secret, clock.now().seconds(), body.clone())).await.status);
        }
        statuses
    };
    manager.rotate(NAME, secrets[0], u64::try_from(NOW - 2 * DAY).unwrap());
    assert_eq!(believed().await, [200, 401, 401]);
    clock.set(at(NOW + MINUTE));
    manager.rotate(NAME, &format!("{} {}", secrets[1], secrets[2]), u64::try_from(NOW + MINUTE).unwrap());
    assert_eq!(believed().await, [200, 200, 200]);
    clock.set(at(NOW + MINUTE + DAY));
    assert_eq!(believed().await, [401, 200, 200]);
}

#[tokio::test]
async fn the_environment_says_where_the_secret_lies_and_how_long_the_last_one_counts() {
    let (spine, manager) = (Spine::fresh().await, SecretsManager::start().await);
    let made = Clock::system().now().millis() - HOUR;
    manager.rotate(NAME, "one", u64::try_from(made - DAY).unwrap());
    manager.rotate(NAME, "two", u64::try_from(made).unwrap());
    let url = manager.url();
    for (overlap, old) in [("", 200), ("3700", 200), ("3500", 401), ("0", 401)] {
        let env = spine.env().with("AUTH0_ACTION_SECRET_ARN", NAME).with("AUTH0_ISSUER_BASE_URL", ISSUER);
        let env = env.with("AWS_ENDPOINT_URL_SECRETS_MANAGER", url.as_str()).with("SECRET_OVERLAP", overlap);
        let app = auth0_upsert::App::from_env(&env).unwrap().primed().await;
        let router = finished(auth0_upsert::routes(app));
        for (secret, status) in [("one", old), ("two", 200), ("three", 401)] {
            let ask = Ask::login(secret, login("auth0|test123", "a@example.com").to_string());
            assert_eq!(ask.to(&router).await.status, status, "{overlap:?} {secret}");
        }
    }
}
