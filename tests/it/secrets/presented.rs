//! Secrets that we present to others and that are rotated there: the new one is fetched with the first refusal.

use serde_json::json;
use shared::clock::Clock;
use shared::config::Env;
use shared::domain::UserId;
use shared::store::Sender;
use tests::people::{noon, told};
use tests::secrets_manager::{Mood, SecretsManager};
use tests::spine::{Spine, clerk};

use super::gate::Gate;

const KEYS: [&str; 3] = ["sk_test_one", "sk_test_two", "sk_test_three"];
const NAME: &str = "spine/key";

/// A provider before which one key counts, and a Secrets Manager that holds it.
struct Keyed {
    manager: SecretsManager,
    provider: Gate,
}

impl Keyed {
    async fn before(provider: Gate) -> Self {
        let it = Self { manager: SecretsManager::start().await, provider };
        it.provider.roll(KEYS[0]);
        it.tell(KEYS[0]);
        it
    }

    /// Secrets Manager holds this key from now on.
    fn tell(&self, key: &str) {
        self.manager.rotate(NAME, key, u64::try_from(Clock::system().now().millis()).unwrap());
    }

    fn env(&self, spine: &Spine, variables: [(&str, &str); 2]) -> Env {
        let env = spine.env().with("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.manager.url());
        variables.into_iter().fold(env, |env, (name, value)| env.with(name, value))
    }
}

/// Some who were at Clerk once.
async fn people(spine: &Spine) -> Vec<UserId> {
    let mut users = Vec::new();
    for n in 1..=4 {
        let who = clerk(&format!("user_{n}"));
        spine.users().upsert(&who, &told("Ada", 1, 1, 1), Sender::Clerk, noon(1)).await.unwrap();
        users.push(who.user_id());
    }
    users
}

#[tokio::test]
async fn a_rolled_key_of_stripe_is_fetched_with_the_first_refusal() {
    let keyed = Keyed::before(Gate::of_stripe().await).await;
    let spine = Spine::fresh().await;
    let url = keyed.provider.url();
    let env = keyed.env(&spine, [("STRIPE_SECRET_KEY_ARN", NAME), ("STRIPE_API_URL", &url)]);
    let app = users_internal::App::from_env(&env).unwrap();
    let users = people(&spine).await;
    let ensure = async |n: usize| {
        let event = json!({"operation": "ensureStripeCustomer", "userId": users[n].as_str()});
        app.handle(event).await.map(|_| ()).map_err(|failure| failure.code.to_owned())
    };
    assert_eq!(ensure(0).await, Ok(()));
    keyed.provider.roll(KEYS[1]);
    keyed.tell(KEYS[1]);
    assert_eq!(ensure(1).await, Ok(()), "the same call finds the new key");
    // Rolled at Stripe alone: refused, and nothing is asked of Secrets Manager for each refusal.
    keyed.provider.roll(KEYS[2]);
    let asked = keyed.manager.requests();
    for _ in 0..3 {
        assert_eq!(ensure(2).await, Err("provider_unavailable".to_owned()));
    }
    assert_eq!(keyed.manager.requests(), asked, "once a minute at most");
    // What worked a moment ago still does while Secrets Manager is out.
    keyed.provider.roll(KEYS[1]);
    keyed.manager.set_mood(Mood::Failing);
    assert_eq!((ensure(2).await, ensure(3).await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_rolled_key_of_clerk_is_fetched_with_the_first_refusal() {
    let keyed = Keyed::before(Gate::of_clerk().await).await;
    let spine = Spine::fresh().await;
    let url = keyed.provider.url();
    let env = keyed.env(&spine, [("CLERK_SECRET_KEY_ARN", NAME), ("CLERK_API_URL", &url)]);
    let app = users_admin::App::from_env(&env).unwrap();
    let users = people(&spine).await;
    let erase = async |n: usize| {
        let event = json!({"operation": "erase", "userId": users[n].as_str(), "actor": "a", "reason": "b"});
        app.handle(event).await.map(|_| ()).map_err(|failure| failure.code.to_owned())
    };
    assert_eq!(erase(0).await, Ok(()));
    keyed.provider.roll(KEYS[1]);
    keyed.tell(KEYS[1]);
    assert_eq!(erase(1).await, Ok(()), "the same call finds the new key");
    keyed.provider.roll(KEYS[2]);
    keyed.tell(KEYS[2]);
    assert_eq!(erase(2).await, Err("provider_unavailable".to_owned()), "it was read a moment ago");
}
