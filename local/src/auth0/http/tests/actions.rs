//! Actions and the flows that they run in.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::{ask, auth0, get};
use crate::auth0::{Auth0Options, Auth0StandIn};

const ACTIONS: &str = "/api/v2/actions/actions";
const FLOW: &str = "/api/v2/actions/triggers/post-login/bindings";

fn action(name: &str) -> Value {
    json!({ "name": name, "supported_triggers": [{ "id": "post-login", "version": "v3" }], "runtime": "node22",
        "code": "exports.onExecutePostLogin = async () => {};", "secrets": [{ "name": "KEY", "value": "canary-value" }] })
}

async fn made(auth0: &Auth0StandIn, name: &str) -> String {
    let made = ask(auth0, Method::POST, ACTIONS, action(name)).await;
    assert_eq!((made.status, &made.body["status"]), (201, &json!("pending")));
    made.body["id"].as_str().unwrap().to_owned()
}

async fn deploy(auth0: &Auth0StandIn, id: &str) -> u16 {
    ask(auth0, Method::POST, &format!("{ACTIONS}/{id}/deploy"), Value::Null).await.status
}

#[tokio::test]
async fn an_action_is_made_deployed_changed_and_deployed_again_and_never_tells_its_secrets() {
    let auth0 = auth0();
    let id = made(&auth0, "one").await;
    let path = format!("{ACTIONS}/{id}");
    assert_eq!(get(&auth0, &path).await.body["all_changes_deployed"], false);
    assert_eq!(deploy(&auth0, &id).await, 202);
    let changed = ask(&auth0, Method::PATCH, &path, json!({ "code": "// other" })).await;
    assert_eq!((changed.status, &changed.body["all_changes_deployed"]), (200, &json!(false)));
    assert!(changed.body["deployed_version"]["code"].as_str().unwrap().starts_with("exports."), "it runs on");
    assert_eq!(changed.body["secrets"].as_array().unwrap().len(), 1, "what is not named stays");
    assert_eq!(deploy(&auth0, &id).await, 202);
    let versions = get(&auth0, &format!("{path}/versions")).await;
    assert_eq!((&versions.body["total"], &versions.body["versions"][0]["number"]), (&json!(2), &json!(2)));
    for told in [get(&auth0, &path).await, get(&auth0, ACTIONS).await, versions, changed] {
        assert!(!told.body.to_string().contains("canary-value"));
    }
    assert_eq!(auth0.actions()[0].secret("KEY"), Some("canary-value"));
}

#[tokio::test]
async fn what_is_not_built_is_not_deployed_and_what_is_not_deployed_is_not_bound() {
    let builds_take = Duration::from_secs(3600);
    let auth0 = Auth0StandIn::new(Auth0Options { builds_take, ..Auth0Options::default() }).unwrap();
    let id = made(&auth0, "slow").await;
    assert_eq!(deploy(&auth0, &id).await, 400);
    let wish = json!({ "bindings": [{ "ref": { "type": "action_id", "value": id } }] });
    let refused = ask(&auth0, Method::PATCH, FLOW, wish).await;
    let message = "Trying to create a binding for an action that has not been deployed yet";
    assert_eq!((refused.status, &refused.body["message"]), (400, &json!(message)));
}

#[tokio::test]
async fn a_flow_is_replaced_as_a_whole_and_keeps_the_bindings_that_are_named() {
    let auth0 = auth0();
    let [one, two] = [made(&auth0, "one").await, made(&auth0, "two").await];
    for id in [&one, &two] {
        deploy(&auth0, id).await;
    }
    let first = json!({ "bindings": [{ "ref": { "type": "action_name", "value": "one" }, "display_name": "First" }] });
    let bound = ask(&auth0, Method::PATCH, FLOW, first).await;
    let binding = bound.body["bindings"][0]["id"].clone();
    let both = json!({ "bindings": [{ "ref": { "type": "binding_id", "value": binding } },
        { "ref": { "type": "action_id", "value": two } }] });
    assert_eq!(ask(&auth0, Method::PATCH, FLOW, both).await.status, 200);
    let told = get(&auth0, FLOW).await.body["bindings"].clone();
    assert_eq!(
        (&told[0]["id"], &told[0]["display_name"], &told[1]["display_name"]),
        (&binding, &json!("First"), &json!("two"))
    );
    assert_eq!(auth0.flow("post-login"), ["one", "two"]);
    let path = format!("{ACTIONS}/{one}");
    assert_eq!(ask(&auth0, Method::DELETE, &path, Value::Null).await.status, 409, "it is bound");
    assert_eq!(ask(&auth0, Method::DELETE, &format!("{path}?force=true"), Value::Null).await.status, 204);
    assert_eq!(auth0.flow("post-login"), ["two"]);
}

#[tokio::test]
async fn each_limit_of_an_action_is_held() {
    let auth0 = auth0();
    for (field, value) in [
        ("code", json!("x".repeat(100_001))),
        ("secrets", (0..31).map(|n| json!({ "name": format!("S{n}"), "value": "v" })).collect()),
        ("secrets", json!([{ "name": "S", "value": "v".repeat(4097) }])),
        ("supported_triggers", json!([])),
        ("shoe_size", json!(43)),
    ] {
        let mut body = action("one");
        body[field] = value;
        assert_eq!(ask(&auth0, Method::POST, ACTIONS, body).await.status, 400, "{field}");
    }
    assert_eq!(auth0.administered(), 0);
}

#[tokio::test]
async fn each_route_asks_for_its_scope() {
    let auth0 = auth0();
    let id = made(&auth0, "one").await;
    auth0.set_scope("read:users read:actions update:actions");
    let path = format!("{ACTIONS}/{id}");
    assert_eq!(get(&auth0, &path).await.status, 200);
    assert_eq!(ask(&auth0, Method::PATCH, &path, json!({})).await.status, 200);
    for (method, path, scope) in [
        (Method::POST, format!("{path}/deploy"), "create:actions"),
        (Method::DELETE, path, "delete:actions"),
        (Method::GET, "/api/v2/event-streams".to_owned(), "read:event_streams"),
        (Method::POST, "/api/v2/users".to_owned(), "create:users"),
    ] {
        let refused = ask(&auth0, method, &path, json!({})).await;
        let message = format!("Insufficient scope, expected any of: {scope}");
        assert_eq!((refused.status, &refused.body["message"]), (403, &json!(message)));
    }
}

#[tokio::test]
async fn actions_streams_and_flows_come_back_from_a_snapshot() {
    let before = auth0();
    let id = made(&before, "one").await;
    deploy(&before, &id).await;
    before.bind_actions("post-login", &[&id]).unwrap();
    let after = auth0();
    after.restore(before.snapshot()).unwrap();
    assert_eq!(after.flow("post-login"), ["one"]);
    assert_ne!(made(&after, "two").await, id);
}
