//! Logins that run the Action.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{ask, auth0};
use crate::auth0::NewUser;
use crate::stand_in::sink::Sink;

#[tokio::test]
async fn a_login_tells_the_system_first_and_is_noted_then() {
    let (sink, url) = Sink::start(&[200, 401]).await;
    let auth0 = auth0();
    auth0.set_login_target(&url);
    let body = json!({ "user_id": "auth0|ada", "create": { "email": "ada@example.com", "given_name": "Ada" } });
    let answer = ask(&auth0, Method::POST, "/_control/logins", body).await;
    assert_eq!(
        answer.body,
        json!({ "user_id": "auth0|ada", "outcome": "answered", "status": 200,
        "body": { "userId": "usr_test" } })
    );
    let received = sink.received();
    let told = received[0].json();
    assert_eq!(
        (received[0].path.as_str(), received[0].header("authorization")),
        ("/auth0/upsert-user", "Bearer local-action-secret")
    );
    assert_eq!(told["tokenIdentifier"], "https://local.eu.auth0.com/|auth0|ada");
    assert_eq!(told["user"]["updated_at"], told["user"]["created_at"]);
    assert!(told["user"].get("last_login").is_none());
    let user = auth0.user("auth0|ada").unwrap();
    assert_eq!(user.logins_count, Some(1));
    assert_eq!(user.last_login, Some(user.updated_at));

    let body = json!({ "user_id": "auth0|ada", "body": "patch" });
    let refused = ask(&auth0, Method::POST, "/_control/logins", body).await;
    assert_eq!((refused.status, &refused.body["status"]), (200, &json!(401)));
    let patch = sink.received()[1].json();
    assert_eq!(
        patch.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["avatarUrl", "email", "name", "tokenIdentifier"]
    );
}

#[tokio::test]
async fn a_lost_login_never_calls_but_happens() {
    let (sink, url) = Sink::start(&[]).await;
    let auth0 = auth0();
    auth0.set_login_target(&url);
    auth0.create_user(NewUser::person("ada@example.com", "Ada").with_id("auth0|ada")).unwrap();
    let lose = ask(&auth0, Method::PUT, "/_control/deliveries", json!({ "lose": 1.0 })).await;
    assert_eq!(lose.status, 200);
    let answer = ask(&auth0, Method::POST, "/_control/logins", json!({ "user_id": "auth0|ada" })).await;
    assert_eq!(answer.body["outcome"], "lost");
    assert!(sink.received().is_empty());
    assert_eq!(auth0.user("auth0|ada").unwrap().logins_count, Some(1));
    let nobody = ask(&auth0, Method::POST, "/_control/logins", json!({ "user_id": "auth0|eve" })).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}
