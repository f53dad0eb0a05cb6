//! Empty tables, a stand-in of Stripe behind a door, and the wishes of the tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::future::BoxFuture;
use local::stripe::{Customer, NewCustomer, StripeOptions, StripeStandIn};
use shared::clock::{Clock, Timestamp};
use shared::customers::{Customers, EnsureError, EnsureOutcome};
use shared::domain::{Identity, Outcome, Profile, Told, User};
use shared::provider::{Limits, Stripe, StripeSettings};
use shared::reconcile::{Mode, ReconcileError};
use shared::secret::SecretText;
use shared::store::{Author, Run, Sender};
use shared::stripe_reconcile::StripeReconciler;
use tests::people::facts;
use tests::sdk;
use tests::served::Served;
use tests::spine::{Item, Spine, auth0};

/// Who wishes in the tests.
pub(super) const BY: Author<'_> = Author::Token("shop");

/// Waits that a test has time for.
pub(super) const QUICK: Limits = Limits {
    connect: Duration::from_secs(5),
    request: Duration::from_secs(20),
    attempts: 3,
    backoff: Duration::from_millis(1),
    after_429: Duration::from_millis(20),
    patience: Duration::from_secs(20),
};

/// What is done before or after a request to Stripe passes.
type Play = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Something that happens at one request to Stripe.
pub(super) struct Act {
    /// Which request, from 1.
    pub(super) nth: usize,
    /// Whether it happens once Stripe has done what was asked.
    pub(super) after: bool,
    /// What happens.
    pub(super) play: Play,
}

#[derive(Clone, Default)]
struct Door {
    count: Arc<AtomicUsize>,
    act: Arc<std::sync::Mutex<Option<Arc<Act>>>>,
}

/// The tables and the stand-in.
pub(super) struct Stage {
    pub(super) spine: Spine,
    pub(super) stand_in: StripeStandIn,
    door: Door,
    served: Served,
}

pub(super) fn now() -> Timestamp {
    Clock::system().now()
}

/// Days before now.
pub(super) fn days_ago(days: u64) -> Timestamp {
    now().minus(Duration::from_secs(days * 86_400))
}

impl Stage {
    pub(super) async fn set() -> Self {
        let (spine, door) = (Spine::fresh().await, Door::default());
        let stand_in = StripeStandIn::new(StripeOptions::default());
        let router = stand_in.router().layer(middleware::from_fn_with_state(door.clone(), pass));
        Self { spine, stand_in, door, served: Served::start(router).await }
    }

    /// The next requests to Stripe are counted from 1 again, and this happens at one of them.
    pub(super) fn at_stripe(&self, act: Act) {
        self.door.count.store(0, Ordering::SeqCst);
        *self.door.act.lock().unwrap() = Some(Arc::new(act));
    }

    /// Stripe's URL.
    pub(super) fn url(&self) -> String {
        self.served.url()
    }

    /// How many requests of this route Stripe got.
    pub(super) fn requests(&self, route: &str) -> u64 {
        self.stand_in.requests().get(route).copied().unwrap_or(0)
    }

    pub(super) fn client(&self) -> Stripe {
        let secret_key = SecretText::new("sk_test_local_stripe");
        let settings = StripeSettings { base: self.url().parse().unwrap(), secret_key, page: 3 };
        Stripe::with_limits(settings, QUICK, Clock::system()).unwrap()
    }

    /// The wishes, over a client of DynamoDB of one's own.
    pub(super) fn customers_over(&self, http: SharedHttpClient) -> Customers {
        let (users, claims) = (self.spine.users_over(http.clone()), self.spine.claims_over(http));
        Customers { users, claims, stripe: self.client() }
    }

    pub(super) fn customers(&self) -> Customers {
        self.customers_over(sdk::plain_http())
    }

    pub(super) async fn ensure(&self, who: &Identity) -> Result<EnsureOutcome, EnsureError> {
        self.ensure_at(who, now()).await
    }

    pub(super) async fn ensure_at(&self, who: &Identity, now: Timestamp) -> Result<EnsureOutcome, EnsureError> {
        self.customers().ensure(&who.user_id(), Some("ada@example.com"), None, BY, now).await
    }

    /// Somebody of Auth0 whose life began, and who was first seen here, ten days ago.
    pub(super) async fn person(&self, name: &str) -> Identity {
        self.somebody(&auth0(&format!("auth0|{name}")), name, days_ago(10)).await
    }

    /// Somebody whose life began then.
    pub(super) async fn somebody(&self, who: &Identity, name: &str, born: Timestamp) -> Identity {
        let profile = Profile::new(facts(name), born, born, born);
        let made = self.spine.users().upsert(who, &Told::Profile(profile), Sender::Login, born).await.unwrap();
        assert!(matches!(made, Outcome::Created | Outcome::Reborn), "{made:?}");
        who.clone()
    }

    pub(super) async fn delete(&self, who: &Identity, at: Timestamp) {
        self.spine.users().delete(who, at, Sender::Reconcile, at).await.unwrap();
    }

    pub(super) async fn row(&self, who: &Identity) -> User {
        self.spine.users().by_identity(who).await.unwrap().unwrap()
    }

    /// Puts a customer of this user in at Stripe, made a day ago.
    pub(super) fn customer_of(&self, who: &Identity, email: &str) -> Customer {
        let email = Some(email.to_owned());
        let made = days_ago(1).seconds();
        self.stand_in.add(NewCustomer { email, ..NewCustomer::of_user(who.user_id().as_str()) }.made(made))
    }

    /// Ties a customer to a user by a person's word.
    pub(super) async fn tie(&self, who: &Identity, customer: &str) {
        let customer = customer.parse().unwrap();
        let set = self.spine.claims().set_stripe_customer(&who.user_id(), &customer, None, BY, now()).await;
        assert_eq!(set.map(shared::domain::CustomerOutcome::as_str), Ok("set"));
    }

    /// A reconcile that believes everything at once.
    pub(super) fn reconciler(&self) -> StripeReconciler {
        StripeReconciler {
            users: self.spine.users(),
            claims: self.spine.claims(),
            runs: self.spine.runs(),
            stripe: self.client(),
            settle: Duration::ZERO,
            clock: Clock::system(),
        }
    }

    pub(super) async fn run(&self, mode: Mode) -> Result<Run, ReconcileError> {
        self.reconciler().run(mode).await
    }

    /// What the tables hold, but for runs.
    pub(super) async fn stored(&self) -> Vec<String> {
        let mut all = Vec::new();
        for table in [&self.spine.tables.users, &self.spine.tables.claims] {
            let items = self.spine.items(table).await.into_iter();
            all.extend(
                items.map(|item| format!("{:?}", item.into_iter().collect::<std::collections::BTreeMap<_, _>>())),
            );
        }
        all.sort();
        all
    }

    pub(super) async fn intent(&self, who: &Identity) -> Option<Item> {
        self.spine.claim(&format!("stripe_intent#{}", who.user_id())).await
    }

    /// One customer at Stripe, tied to this user; no intent is left, and no claim went astray.
    pub(super) async fn has_one(&self, who: &Identity) -> String {
        let customers = self.stand_in.customers();
        assert_eq!(customers.len(), 1, "{customers:?}");
        assert_eq!(self.row(who).await.stripe_customer_id.as_deref(), Some(customers[0].id.as_str()));
        assert_eq!(self.intent(who).await, None);
        assert_eq!(self.spine.claims().audit().await.unwrap().findings, []);
        customers[0].id.clone()
    }
}

async fn pass(State(door): State<Door>, request: Request, next: Next) -> Response {
    let number = door.count.fetch_add(1, Ordering::SeqCst) + 1;
    let act = door.act.lock().unwrap().clone().filter(|act| act.nth == number);
    if let Some(act) = act.as_ref().filter(|act| !act.after) {
        (act.play)().await;
    }
    let response = next.run(request).await;
    if let Some(act) = act.filter(|act| act.after) {
        (act.play)().await;
    }
    response
}
