//! Two senders that tell of one user in turns do not make the user flicker, and leave no reconcile anything to do.

use local::auth0::{LoginBody, NewUser};
use serde_json::{Value, json};
use tests::auth0_events::{EventWay, event};
use tests::doors::invoke;
use tests::spine::{auth0, text};
use tests::web;

use super::now;

/// The user as the tenant itself tells.
async fn told_by_tenant(way: &EventWay, id: &str) -> Value {
    let url = &way.system.auth0.as_ref().unwrap().1;
    let grant = json!({"grant_type": "client_credentials", "client_id": "local-client",
        "client_secret": "local-client-secret", "audience": format!("{url}/api/v2/")});
    let token = web::post(&format!("{url}/oauth/token"), &[], grant.to_string()).await.json();
    let token = token["access_token"].as_str().unwrap();
    let path = format!("{url}/api/v2/users/{}", id.replace('|', "%7C"));
    let answer = web::client().get(path).bearer_auth(token).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_login_by_the_short_body_and_an_event_with_the_profile_take_turns_without_any_repair() {
    let way = EventWay::start().await;
    let tenant = way.system.auth0.as_ref().unwrap().0.clone();
    let mut nameless = NewUser::person("grace@example.com", "");
    nameless.nickname = Some("grace".to_owned());
    let ids = [NewUser::person("ada@example.com", "Ada"), nameless].map(|new| tenant.create_user(new).unwrap().user_id);
    for round in 0..6 {
        for (id, name) in ids.iter().zip(["Ada", "grace"]) {
            if round % 2 == 1 {
                tenant.login(id, LoginBody::Patch).await.unwrap();
            } else {
                way.told(&event("user.updated", now(), &told_by_tenant(&way, id).await)).await;
            }
            let row = way.spine.row(&auth0(id)).await.unwrap();
            assert_eq!(text(&row, "name"), Some(name), "round {round}");
        }
        let (_, report) = invoke(&way.system, "reconcile", &json!({"source": "auth0", "mode": "apply"})).await;
        let drift = ["missing", "profile_older", "profile_differs", "reborn", "deleted_here", "orphan"];
        let counts = &report["counts"];
        assert!(drift.iter().all(|cause| counts.get(cause).is_none()), "round {round}: {report}");
        assert_eq!(report["inStep"], true, "round {round}: {report}");
    }
    assert_eq!(way.given_up(), 0);
}
