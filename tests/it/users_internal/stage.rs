//! The function over tables of its own, and people in them.

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::{Map, Value};
use shared::clock::Clock;
use shared::domain::{Identity, Realms};
use shared::invocation::Failure;
use shared::store::Sender;
use tests::people::{noon, told};
use tests::sdk;
use tests::spine::{Spine, auth0};
use users_internal::App;

/// When the tests ask.
pub(super) const NOW: i64 = 9_000;
/// Auth0's issuer.
pub(super) const ISSUER: &str = "https://tenant.eu.auth0.com/";

pub(super) struct Stage {
    pub(super) spine: Spine,
    pub(super) app: App,
}

impl Stage {
    pub(super) async fn set() -> Self {
        Self::over(sdk::plain_http()).await
    }

    /// The same over a client that is watched.
    pub(super) async fn over(http: SharedHttpClient) -> Self {
        let spine = Spine::fresh().await;
        let issuers = vec![ISSUER.parse().expect("an issuer")];
        let clerk = "https://x.clerk.accounts.dev".parse().expect("an issuer");
        let app = App {
            users: spine.users_over(http.clone()),
            claims: spine.claims_over(http),
            stripe: None,
            realms: Realms::new(issuers, Some(clerk)),
            clock: Clock::standing(noon(NOW)),
        };
        Self { spine, app }
    }

    /// Invokes an operation.
    pub(super) async fn ask(&self, operation: &str, fields: &Value) -> Result<Value, Failure> {
        let mut event = fields.as_object().cloned().unwrap_or_else(Map::new);
        event.insert("operation".to_owned(), operation.into());
        self.app.handle(Value::Object(event)).await
    }

    /// The code that an operation is refused with.
    pub(super) async fn refusal(&self, operation: &str, fields: &Value) -> &'static str {
        self.ask(operation, fields).await.expect_err("a refusal").code
    }

    /// Somebody of Auth0 who is there, first seen at noon.
    pub(super) async fn person(&self, name: &str) -> Identity {
        let who = auth0(&format!("auth0|{name}"));
        self.spine.users().upsert(&who, &told(name, 0, 100, 101), Sender::Login, noon(0)).await.expect("a row");
        who
    }

    pub(super) async fn delete(&self, who: &Identity) {
        self.spine.users().delete(who, noon(500), Sender::Reconcile, noon(500)).await.expect("the deletion ends");
    }
}
