//! A provider that cannot be asked: nobody is erased or restored by its silence.

use serde_json::{Value, json};
use shared::store::Sender;
use tests::people::{noon, told};
use tests::spine::{Spine, auth0, clerk};
use users_admin::App;

async fn code(app: &App, operation: &str, who: &shared::domain::Identity, force: bool) -> (String, String) {
    let event = json!({"operation": operation, "actor": "eve", "reason": "case 7", "userId": who.user_id().as_str(),
        "evenIfListed": force});
    match app.handle(event).await {
        Ok(answer) => (answer["result"].as_str().unwrap_or_default().to_owned(), Value::to_string(&answer)),
        Err(failure) => (failure.code.to_owned(), failure.message),
    }
}

#[tokio::test]
async fn a_provider_that_is_not_configured_or_out_is_no_proof_and_force_does_without_it() {
    let spine = Spine::fresh().await;
    let (ann, bob) = (auth0("auth0|ann"), clerk("user_bob"));
    for who in [&ann, &bob] {
        spine.users().upsert(who, &told("ann", 0, 100, 101), Sender::Reconcile, noon(200)).await.unwrap();
    }
    // Auth0 is not configured, and nobody listens where Clerk should be.
    let env = spine.env().with("CLERK_SECRET_KEY", "sk_test_local").with("CLERK_API_URL", "http://127.0.0.1:9");
    let app = App::from_env(&env).unwrap();
    for (who, expected) in [(&ann, "source_not_configured"), (&bob, "provider_unavailable")] {
        let (refused, message) = code(&app, "erase", who, false).await;
        assert_eq!(refused, expected);
        assert!(message.contains("evenIfListed"), "it says what can be done: {message}");
        assert!(spine.users().by_identity(who).await.unwrap().unwrap().is_living());
        assert_eq!(code(&app, "erase", who, true).await.0, "erased");
        assert_eq!(code(&app, "restore", who, false).await.0, expected);
    }
}
