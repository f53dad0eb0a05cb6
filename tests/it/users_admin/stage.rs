//! The system with its stand-ins, the function over it with a clock of its own, and an operator.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use local::auth0::Auth0StandIn;
use local::clerk::{ClerkStandIn, NewUser};
use local::delivery::Faults;
use local::system::System;
use serde_json::{Map, Value, json};
use shared::clock::{Clock, Timestamp};
use shared::domain::{Identity, LinkOutcome, PublicKey, User};
use shared::invocation::Failure;
use shared::store::{Author, Claims};
use tests::sdk;
use tests::spine::{Item, Spine, clerk};
use tests::wallet::Wallet;
use users_admin::App;

pub(super) struct Stage {
    pub(super) spine: Spine,
    pub(super) system: System,
    pub(super) app: App,
}

impl Stage {
    pub(super) async fn set() -> Self {
        Self::over(sdk::plain_http()).await
    }

    /// The same, with the function over a client that is watched.
    pub(super) async fn over(http: SharedHttpClient) -> Self {
        let spine = Spine::fresh().await;
        let system = spine.system([]).await;
        let app = App::from_env(&system.env).expect("the variables are right");
        let app = App { users: spine.users_over(http.clone()), claims: spine.claims_over(http), ..app };
        Self { spine, system, app }
    }

    /// The same, whose clock is behind all others: what was done is in the past, and a proof that comes now is later.
    pub(super) fn behind(self) -> Self {
        let past = Clock::standing(Clock::system().now().minus(Duration::from_secs(60)));
        Self { app: App { clock: past, ..self.app }, ..self }
    }

    pub(super) fn clerk(&self) -> &ClerkStandIn {
        &self.system.clerk.as_ref().expect("Clerk's stand-in").0
    }

    pub(super) fn auth0(&self) -> &Auth0StandIn {
        &self.system.auth0.as_ref().expect("Auth0's stand-in").0
    }

    /// From here on no webhook arrives.
    pub(super) fn lose_messages(&self) {
        self.clerk().outbox().set_faults(Faults { lose: 1.0, seed: 7, ..Faults::default() });
    }

    /// Somebody signs up at Clerk, and their webhook arrives.
    pub(super) async fn join(&self, name: &str) -> Identity {
        let new = NewUser::person(&format!("{name}@example.com"), name, "Lindqvist");
        let id = self.clerk().create_user(new).expect("a user").id;
        self.clerk().idle().await;
        let who = clerk(&id);
        assert!(self.row(&who).await.is_living());
        who
    }

    /// Somebody leaves Clerk, and nobody tells.
    pub(super) fn leave_unheard(&self, who: &Identity) {
        self.lose_messages();
        self.clerk().delete_user(who.subject()).expect("a user");
    }

    pub(super) async fn link(&self, who: &Identity, number: u32) -> PublicKey {
        let key = Wallet::numbered(number).key();
        assert_eq!(self.linked(who, &key).await, LinkOutcome::Linked);
        key
    }

    /// How linking a key ends.
    pub(super) async fn linked(&self, who: &Identity, key: &PublicKey) -> LinkOutcome {
        link(&self.spine.claims(), who, key).await
    }

    /// Invokes an operation as Eve, for case 7.
    pub(super) async fn ask(&self, operation: &str, fields: &Value) -> Result<Value, Failure> {
        let mut event = fields.as_object().cloned().unwrap_or_else(Map::new);
        for (name, value) in [("operation", operation), ("actor", "eve"), ("reason", "case 7")] {
            event.insert(name.to_owned(), value.into());
        }
        self.app.handle(Value::Object(event)).await
    }

    /// The word for how an operation on one user ended: its result, or the code of its refusal.
    pub(super) async fn end(&self, operation: &str, who: &Identity, more: Value) -> String {
        let mut fields = json!({"userId": who.user_id().as_str()});
        fields.as_object_mut().expect("fields").extend(more.as_object().cloned().unwrap_or_default());
        match self.ask(operation, &fields).await {
            Ok(answer) => {
                assert_eq!(answer["userId"], who.user_id().as_str());
                answer["result"].as_str().expect("a result").to_owned()
            }
            Err(failure) => failure.code.to_owned(),
        }
    }

    pub(super) async fn erase(&self, who: &Identity) -> String {
        self.end("erase", who, json!({})).await
    }

    pub(super) async fn erase_even_if_listed(&self, who: &Identity) -> String {
        self.end("erase", who, json!({"evenIfListed": true})).await
    }

    pub(super) async fn restore(&self, who: &Identity) -> String {
        self.end("restore", who, json!({})).await
    }

    pub(super) async fn row(&self, who: &Identity) -> User {
        self.spine.users().by_identity(who).await.expect("a read").expect("a row")
    }

    pub(super) async fn item(&self, who: &Identity) -> Item {
        self.spine.row(who).await.expect("a row")
    }

    /// The row is an erased tombstone without any fact.
    pub(super) async fn assert_erased(&self, who: &Identity, when: &str) {
        let row = self.row(who).await;
        assert!(row.tombstone.is_some_and(|end| end.erased), "{when}: {row:?}");
        assert_eq!(row.facts.iter().count(), 0, "{when}");
        for gone in ["email_key", "profile_version", "provider_created_at", "last_active_at", "patched"] {
            assert!(!self.item(who).await.contains_key(gone), "{when}: {gone}");
        }
    }

    /// Nothing is wrong with the claims, by two judges.
    pub(super) async fn in_order(&self) {
        assert_eq!(self.spine.claims_astray().await, Vec::<String>::new());
        assert_eq!(self.spine.claims().audit().await.expect("the audit ends").findings, []);
    }
}

pub(super) async fn link(claims: &Claims, who: &Identity, key: &PublicKey) -> LinkOutcome {
    let linked = claims.link(&who.user_id(), key, Author::Token("shop"), Clock::system().now()).await;
    linked.expect("the link ends")
}

/// Who did what last by hand, and why, as the row has it.
pub(super) fn last_operation(item: &Item) -> (String, String, String) {
    let told = item["last_operation"].as_m().expect("a map");
    let text = |name: &str| told[name].as_s().expect("a text").clone();
    assert!(matches!(told["at"], AttributeValue::N(_)));
    (text("name"), text("actor"), text("reason"))
}

pub(super) fn now() -> Timestamp {
    Clock::system().now()
}
