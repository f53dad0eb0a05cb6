//! The binaries of trusted code and of operators: canaries in all that they are sent, actor and reason too.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use shared::domain::Identity;
use shared::store::Sender;
use tests::people::noon;
use tests::relay::Relay;
use tests::runtime_api::Lambda;
use tests::served::Served;
use tests::spine::{Spine, auth0, clerk};

use super::songs::{CLIENT_ID, CLIENT_SECRET, SECRET_KEY, STRIPE_KEY, SUBJECT, broken, canaries, engine_faults};
use crate::kit;

async fn start(spine: &Spine, function: &str, engine: &str) -> Lambda {
    start_at(spine, function, engine, "http://127.0.0.1:9").await
}

/// The same, where all providers are in one place.
async fn start_at(spine: &Spine, function: &str, engine: &str, provider: &str) -> Lambda {
    let changes = [
        ("DYNAMODB_ENDPOINT", engine),
        ("USERS_TABLE", &spine.tables.users),
        ("CLAIMS_TABLE", &spine.tables.claims),
        ("SYNC_RUNS_TABLE", &spine.tables.sync_runs),
        ("AUTH0_DOMAIN", provider),
        ("CLERK_API_URL", provider),
        ("STRIPE_API_URL", provider),
        ("AUTH0_CLIENT_ID", CLIENT_ID),
        ("AUTH0_CLIENT_SECRET", CLIENT_SECRET),
        ("CLERK_SECRET_KEY", SECRET_KEY),
        ("STRIPE_SECRET_KEY", STRIPE_KEY),
    ];
    kit::start(function, &kit::with(kit::variables(function), &changes)).await
}

/// Orders with a canary wherever a text may be; `erase` by force, for nobody listens where the providers should be.
fn orders(function: &str) -> Vec<Value> {
    let id = auth0(&format!("auth0|{SUBJECT}")).user_id().to_string();
    let whole = if function == "users-admin" {
        let by = |operation: &str| {
            json!({"operation": operation, "actor": "canary-name", "reason": "canary-given", "userId": id,
                "fields": ["name"], "evenIfListed": true, "stripeCustomerId": "cus_canary", "fromUserId": id,
                "toUserId": id, "canary-unknown": "canary-unknown"})
        };
        ["clear", "transfer", "restore", "erase", "canary-query"].map(by).to_vec()
    } else {
        let of = |operation: &str| {
            json!({"operation": operation, "userId": id, "authProvider": "auth0", "authSubject": format!("auth0|{SUBJECT}"),
                "publicKey": "canary-token", "stripeCustomerId": "cus_1", "email": "canary@mail.example",
                "name": "canary-name", "paginationOpts": {"numItems": 5, "cursor": "canary-page"}})
        };
        let operations = [
            "setStripeCustomerId",
            "getUserByAuth",
            "getUserById",
            "getUserByPublicKey",
            "ensureStripeCustomer",
            "listUsersForStripeReconcile",
            "canary-query",
        ];
        operations.map(of).to_vec()
    };
    let mut orders = whole.clone();
    orders.extend(whole.iter().flat_map(broken));
    orders.push(json!("canary-page"));
    orders
}

#[tokio::test]
async fn whatever_is_asked_and_told_no_log_line_says_it() {
    for function in ["users-admin", "users-internal"] {
        let spine = Spine::fresh().await;
        let facts = shared::domain::Facts::default();
        let facts = facts.with(shared::domain::Fact::Email, Some("canary@mail.example".to_owned()));
        let facts = facts.with(shared::domain::Fact::Name, Some("canary-name".to_owned()));
        let told = shared::domain::Told::Patch(shared::domain::Patch::new(facts));
        spine.users().upsert(&auth0(&format!("auth0|{SUBJECT}")), &told, Sender::Login, noon(0)).await.unwrap();
        let lambda = start(&spine, function, &spine.endpoint).await;
        let mut refusals = Vec::new();
        for order in orders(function) {
            // Answers tell of users, to those who may ask; refusals tell nothing.
            refusals.extend(lambda.invoke(order).await.err().map(|error| format!("{error:?}")));
        }
        lambda.kill().await;
        assert!(refusals.len() > 20 && lambda.logs().len() > 20, "there is something to look at");
        canaries().assert_silent(refusals.into_iter().chain(lambda.logs()));
    }
}

#[tokio::test]
async fn a_database_that_fails_and_quotes_what_it_was_sent_is_not_quoted_to_them() {
    let spine = Spine::fresh().await;
    for function in ["users-admin", "users-internal"] {
        for fault in engine_faults() {
            let relay = Relay::to(&spine.endpoint, move |_, _| Some(fault())).await;
            let lambda = start(&spine, function, &relay.url()).await;
            let error = lambda.invoke(orders(function)[0].clone()).await;
            lambda.kill().await;
            canaries().assert_silent(std::iter::once(format!("{error:?}")).chain(lambda.logs()));
        }
    }
}

/// A provider that quotes what it was sent, the secret of a token too unless all that it answers is 200.
async fn echo(status: StatusCode) -> Served {
    let quote = move |uri: Uri, headers: HeaderMap, body: String| async move {
        if status == StatusCode::OK && uri.path() == "/oauth/token" {
            return (status, r#"{"access_token":"canary-token","expires_in":600}"#.to_owned());
        }
        (status, format!("{headers:?} {body}"))
    };
    Served::start(Router::new().fallback(quote)).await
}

#[tokio::test]
async fn a_provider_that_quotes_the_key_that_it_was_shown_is_not_quoted() {
    let spine = Spine::fresh().await;
    let told = tests::people::told("ada", 1, 1, 1);
    let [ada, eve] = [auth0("auth0|ada"), clerk("user_eve")];
    for who in [&ada, &eve] {
        spine.users().upsert(who, &told, Sender::Login, noon(1)).await.unwrap();
    }
    let erase =
        |who: &Identity| json!({"operation": "erase", "userId": who.user_id().as_str(), "actor": "a", "reason": "b"});
    let ensure = json!({"operation": "ensureStripeCustomer", "userId": ada.user_id().as_str()});
    let check = json!({"mode": "check"});
    for status in [StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY] {
        let provider = echo(status).await;
        for (function, order) in [
            ("users-admin", erase(&ada)),
            ("users-admin", erase(&eve)),
            ("users-internal", ensure.clone()),
            ("stripe-reconcile", check.clone()),
        ] {
            let lambda = start_at(&spine, function, &spine.endpoint, &provider.url()).await;
            let error = lambda.invoke(order).await.unwrap_err();
            assert!(["provider_unavailable", "listing_failed"].contains(&error.error_type.as_str()), "{error:?}");
            lambda.kill().await;
            canaries().assert_silent(std::iter::once(format!("{error:?}")).chain(lambda.logs()));
        }
    }
}
