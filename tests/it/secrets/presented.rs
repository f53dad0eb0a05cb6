//! Secrets that we present to others and that are rotated there: the new one is fetched with the first refusal.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use local::clerk::{ClerkOptions, ClerkStandIn};
use local::stripe::{StripeOptions, StripeStandIn};
use serde_json::json;
use shared::clock::Clock;
use shared::config::Env;
use shared::domain::UserId;
use shared::store::Sender;
use tests::people::{noon, told};
use tests::secrets_manager::{Mood, SecretsManager};
use tests::served::Served;
use tests::spine::{Spine, clerk};

const KEYS: [&str; 3] = ["sk_test_one", "sk_test_two", "sk_test_three"];
const NAME: &str = "spine/key";

/// A provider before which one key counts, whatever its own is, and a Secrets Manager that holds it.
struct Keyed {
    manager: SecretsManager,
    counts: Arc<Mutex<&'static str>>,
    provider: Served,
}

impl Keyed {
    async fn before(provider: Router, own: String) -> Self {
        let counts = Arc::new(Mutex::new(KEYS[0]));
        let layer = middleware::from_fn_with_state((Arc::clone(&counts), own), exchange);
        let it = Self {
            manager: SecretsManager::start().await,
            counts,
            provider: Served::start(provider.layer(layer)).await,
        };
        it.tell(KEYS[0]);
        it
    }

    /// The provider takes this key from now on, and no other.
    fn roll(&self, key: &'static str) {
        *self.counts.lock().unwrap() = key;
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

/// Lets in whoever presents the key that counts, by the provider's own.
async fn exchange(
    State((counts, own)): State<(Arc<Mutex<&'static str>>, String)>,
    mut request: Request,
    next: Next,
) -> Response {
    let counted = format!("Bearer {}", counts.lock().unwrap());
    if request.headers().get(AUTHORIZATION).is_none_or(|presented| presented != counted.as_str()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {own}")).unwrap());
    next.run(request).await
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
    let options = StripeOptions::default();
    let own = options.secret_key.clone();
    let keyed = Keyed::before(StripeStandIn::new(options).router(), own).await;
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
    keyed.roll(KEYS[1]);
    keyed.tell(KEYS[1]);
    assert_eq!(ensure(1).await, Ok(()), "the same call finds the new key");
    // Rolled at Stripe alone: refused, and nothing is asked of Secrets Manager for each refusal.
    keyed.roll(KEYS[2]);
    let asked = keyed.manager.requests();
    for _ in 0..3 {
        assert_eq!(ensure(2).await, Err("provider_unavailable".to_owned()));
    }
    assert_eq!(keyed.manager.requests(), asked, "once a minute at most");
    // What worked a moment ago still does while Secrets Manager is out.
    keyed.roll(KEYS[1]);
    keyed.manager.set_mood(Mood::Failing);
    assert_eq!((ensure(2).await, ensure(3).await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_rolled_key_of_clerk_is_fetched_with_the_first_refusal() {
    let options = ClerkOptions::default();
    let own = options.secret_key.clone();
    let keyed = Keyed::before(ClerkStandIn::new(options).unwrap().router(), own).await;
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
    keyed.roll(KEYS[1]);
    keyed.tell(KEYS[1]);
    assert_eq!(erase(1).await, Ok(()), "the same call finds the new key");
    keyed.roll(KEYS[2]);
    keyed.tell(KEYS[2]);
    assert_eq!(erase(2).await, Err("provider_unavailable".to_owned()), "it was read a moment ago");
}
