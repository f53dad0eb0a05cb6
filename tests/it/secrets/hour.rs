//! Secrets Manager out for an hour: what was read serves so long, then nothing is refused for good, and it comes back.

use shared::aws::SecretsUnavailable;
use shared::clock::Clock;
use shared::config::{Aws, Env};
use shared::customers::{self, StripeAccess};
use shared::invocation::Failure;
use shared::provider::{Access, AccessError, Limits, SourceName};
use tests::clerk_events::{INSTANCE, event, signed, user};
use tests::doors::{ClerkDoor, assert_problem};
use tests::secrets_manager::{Mood, SecretsManager};
use tests::spine::{Spine, at};

use super::{DAY, HOUR, MINUTE, NAME, NOW, secret};

const WITHIN: [i64; 4] = [MINUTE, 6 * MINUTE, 30 * MINUTE, HOUR - 1];
const AFTER: [i64; 3] = [HOUR, HOUR + 1, 3 * HOUR];

/// A Secrets Manager with this secret, and the time.
async fn kept(value: &str) -> (SecretsManager, Clock) {
    let manager = SecretsManager::start().await;
    manager.rotate(NAME, value, u64::try_from(NOW - 2 * DAY).unwrap());
    (manager, Clock::standing(at(NOW)))
}

#[tokio::test]
async fn clerks_deliveries_are_believed_for_an_hour_and_then_they_shall_come_again() {
    let [right, wrong] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];
    let (spine, (manager, clock)) = (Spine::fresh().await, kept(right).await);
    let door = ClerkDoor::with(spine.users(), secret(&manager, DAY, &clock), Some(INSTANCE), clock.clone());
    let body = event("user.created", NOW, &user("user_1", ("A", ""), "a@example.com", NOW, NOW)).to_string();
    let deliver = async |secret| door.ask(&signed(secret, clock.now().seconds(), body.clone())).await;
    let statuses = async || [deliver(right).await.status, deliver(wrong).await.status];
    assert_eq!(statuses().await, [200, 401]);
    manager.set_mood(Mood::Failing);
    for time in WITHIN {
        clock.set(at(NOW + time));
        assert_eq!(statuses().await, [200, 401], "{time}");
    }
    for time in AFTER {
        clock.set(at(NOW + time));
        for secret in [right, wrong] {
            assert_problem(&deliver(secret).await, 503, "unavailable", &time.to_string());
        }
    }
    manager.set_mood(Mood::Well);
    assert_eq!(statuses().await, [200, 401]);
}

#[tokio::test]
async fn what_we_present_is_at_hand_for_an_hour_and_then_it_is_unavailable() {
    let (manager, clock) = kept("one").await;
    let secret = secret(&manager, DAY, &clock);
    let newest = async || secret.newest().await.map(|text| text.expose().to_owned());
    assert_eq!(newest().await.as_deref(), Ok("one"));
    manager.set_mood(Mood::Failing);
    for time in WITHIN {
        clock.set(at(NOW + time));
        assert_eq!(newest().await.as_deref(), Ok("one"), "{time}");
        assert_eq!(secret.renewed().await, Ok(false), "{time}");
    }
    for time in AFTER {
        clock.set(at(NOW + time));
        assert_eq!(newest().await, Err(SecretsUnavailable), "{time}");
        assert_eq!(secret.renewed().await, Err(SecretsUnavailable), "{time}");
    }
    manager.rotate(NAME, "two", u64::try_from(NOW + 3 * HOUR).unwrap());
    manager.set_mood(Mood::Well);
    assert_eq!(newest().await.as_deref(), Ok("two"));
}

#[tokio::test]
async fn so_is_the_client_of_each_provider() {
    let (manager, clock) = kept("one").await;
    let stripe = StripeAccess::new(
        "http://127.0.0.1:9".parse().unwrap(),
        secret(&manager, DAY, &clock),
        Limits::for_callers(),
        clock.clone(),
    );
    let access = access(&manager, &clock);
    let codes = async || {
        let code = |failure: Failure| failure.code;
        let of = async |name| access.source(name).await.map(|_| ()).map_err(|error: AccessError| code(error.into()));
        let of_stripe = stripe.client().await.map(|_| ()).map_err(|error: customers::AccessError| code(error.into()));
        [of(SourceName::Auth0).await, of(SourceName::Clerk).await, of_stripe]
    };
    assert_eq!(codes().await, [Ok(()); 3]);
    manager.set_mood(Mood::Failing);
    for time in WITHIN {
        clock.set(at(NOW + time));
        assert_eq!(codes().await, [Ok(()); 3], "{time}");
    }
    for time in AFTER {
        clock.set(at(NOW + time));
        assert_eq!(codes().await, [Err("unavailable"); 3], "{time}");
    }
    manager.set_mood(Mood::Well);
    assert_eq!(codes().await, [Ok(()); 3]);
}

/// Auth0 and Clerk, both by the same secret.
fn access(manager: &SecretsManager, clock: &Clock) -> Access {
    let url = manager.url();
    let env = Env::of([
        ("DYNAMODB_ENDPOINT", "http://127.0.0.1:9"),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &url),
        ("AUTH0_DOMAIN", "http://127.0.0.1:9"),
        ("AUTH0_CLIENT_ID", "local-client"),
        ("AUTH0_CLIENT_SECRET_ARN", NAME),
        ("CLERK_API_URL", "http://127.0.0.1:9"),
        ("CLERK_SECRET_KEY_ARN", NAME),
    ]);
    let aws = Aws::from_env(&env).unwrap();
    let reached = (&aws, &shared::aws::http_client(&aws));
    Access::from_env(&env, reached, std::time::Duration::from_secs(5), Limits::default(), clock).unwrap()
}
