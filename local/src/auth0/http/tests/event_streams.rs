//! Event streams, and the events of users at a listening endpoint.

use axum::http::Method;
use serde_json::{Value, json};

use super::{ask, auth0, get};
use crate::auth0::{Auth0Options, Auth0StandIn, NewUser, UserPatch};
use crate::delivery::{Faults, OutboxOptions, Schedule};
use crate::stand_in::change::Change;
use crate::stand_in::sink::Sink;

const STREAMS: &str = "/api/v2/event-streams";

fn webhook(name: &str, url: &str) -> Value {
    json!({ "name": name, "subscriptions": [{ "event_type": "user.created" }, { "event_type": "user.updated" },
        { "event_type": "user.deleted" }],
        "destination": { "type": "webhook", "configuration": { "webhook_endpoint": format!("{url}/auth0/events"),
            "webhook_authorization": { "method": "bearer", "token": "canary-token" } } } })
}

/// A tenant that tries again at once.
fn hurried() -> Auth0StandIn {
    let schedule = Schedule::from_millis(&[1, 1, 1]);
    let events = OutboxOptions { schedule, ..Auth0Options::default().events };
    Auth0StandIn::new(Auth0Options { events, ..Auth0Options::default() }).unwrap()
}

async fn streaming(auth0: &Auth0StandIn, statuses: &[u16]) -> (Sink, String) {
    let (sink, url) = Sink::start(statuses).await;
    let made = ask(auth0, Method::POST, STREAMS, webhook("one", &url)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    (sink, made.body["id"].as_str().unwrap().to_owned())
}

fn person(name: &str) -> NewUser {
    NewUser::person(&format!("{name}@example.com"), name).with_id(&format!("auth0|{name}"))
}

async fn types(auth0: &Auth0StandIn, sink: &Sink) -> Vec<(String, String)> {
    auth0.idle().await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = sink.received().into_iter().map(|it| it.json());
    told.map(|event| (text(&event["type"]), text(&event["data"]["object"]["user_id"]))).collect()
}

#[tokio::test]
async fn without_a_stream_nothing_is_sent() {
    let auth0 = auth0();
    auth0.create_user(person("ada")).unwrap();
    auth0.idle().await;
    assert_eq!(auth0.events().counters().created, 0);
}

/// The required fields of `user.created`, `user.updated` and `user.deleted` in Auth0's event catalog, 0.7.2.
#[tokio::test]
async fn each_kind_of_event_has_what_auth0s_schema_requires() {
    let auth0 = hurried();
    let (sink, stream) = streaming(&auth0, &[]).await;
    auth0.create_user(person("ada")).unwrap();
    let patch = UserPatch { nickname: Change::from("Lace"), ..UserPatch::default() };
    auth0.update_user("auth0|ada", patch).unwrap();
    auth0.delete_user("auth0|ada");
    auth0.idle().await;
    let received = sink.received();
    for (received, kind) in received.iter().zip(["user.created", "user.updated", "user.deleted"]) {
        assert_eq!(
            (received.path.as_str(), received.header("authorization")),
            ("/auth0/events", "Bearer canary-token")
        );
        let event = received.json();
        for field in ["specversion", "type", "source", "id", "time", "data", "a0tenant", "a0stream"] {
            assert!(event.get(field).is_some(), "{field} of {kind}");
        }
        assert_eq!((&event["specversion"], &event["type"]), (&json!("1.0"), &json!(kind)));
        assert_eq!((&event["a0stream"], &event["a0tenant"]), (&json!(stream), &json!("local")));
        assert!(event["source"].as_str().unwrap().starts_with("urn:auth0:"));
        let (id, stream) = (event["id"].as_str().unwrap(), stream.as_str());
        assert!(id.starts_with("evt_") && id.len() == 26 && stream.starts_with("est_") && stream.len() == 26);
        let object = &event["data"]["object"];
        for field in ["user_id", "created_at", "updated_at", "identities"] {
            assert!(object.get(field).is_some(), "{field} of {kind}");
        }
        assert_eq!(object.get("deleted_at").is_some(), kind == "user.deleted");
        assert_eq!(
            (&object["email"], &event["data"]["context"]["tenant"]["id"]),
            (&json!("ada@example.com"), &json!("local"))
        );
        assert!(event.get("a0purpose").is_none());
    }
    assert_eq!(received.len(), 3);
    assert_eq!(received[1].json()["data"]["previous_object"]["nickname"], "ada");
}

#[tokio::test]
async fn a_linked_account_is_told_as_deleted_and_its_primary_as_changed() {
    let auth0 = hurried();
    let (sink, _) = streaming(&auth0, &[]).await;
    for name in ["ada", "lace"] {
        auth0.create_user(person(name)).unwrap();
    }
    auth0.link("auth0|ada", "auth0|lace").unwrap();
    auth0.unlink("auth0|ada", "auth0|lace").unwrap();
    let mut told = types(&auth0, &sink).await;
    told.sort_unstable();
    let told: Vec<(&str, &str)> = told.iter().map(|(kind, user)| (kind.as_str(), user.as_str())).collect();
    assert_eq!(
        told,
        [
            ("user.created", "auth0|ada"),
            ("user.created", "auth0|lace"),
            ("user.created", "auth0|lace"),
            ("user.deleted", "auth0|lace"),
            ("user.updated", "auth0|ada"),
            ("user.updated", "auth0|ada"),
        ]
    );
}

#[tokio::test]
async fn four_attempts_are_made_a_4xx_ends_them_and_what_failed_can_be_sent_again() {
    let auth0 = hurried();
    let (sink, stream) = streaming(&auth0, &[500, 503, 500, 200, 500, 500, 500, 500, 429]).await;
    for name in ["ada", "ben", "cleo"] {
        auth0.create_user(person(name)).unwrap();
        auth0.idle().await;
    }
    let users: Vec<String> = types(&auth0, &sink).await.into_iter().map(|(_, user)| user).collect();
    let times = |name: &str| users.iter().filter(|user| user.ends_with(name)).count();
    assert_eq!((times("ada"), times("ben"), times("cleo")), (4, 4, 1));
    let failed = get(&auth0, &format!("{STREAMS}/{stream}/deliveries")).await.body;
    assert_eq!(
        (failed[0]["attempts"].as_array().unwrap().len(), failed[1]["attempts"].as_array().unwrap().len()),
        (4, 1)
    );
    assert_eq!((&failed[0]["status"], &failed[0]["event_type"]), (&json!("failed"), &json!("user.created")));
    assert!(failed[0]["event"]["data"].is_string());
    let again = format!("{STREAMS}/{stream}/redeliver");
    assert_eq!(ask(&auth0, Method::POST, &again, json!({})).await.status, 202);
    auth0.idle().await;
    assert_eq!(sink.received().len(), 11);
    assert_eq!(get(&auth0, &format!("{STREAMS}/{stream}/deliveries")).await.body, json!([]));
}

#[test]
fn by_default_an_event_is_tried_again_after_one_two_and_four_seconds() {
    let events = Auth0Options::default().events;
    assert!(events.refusals_are_final);
    assert_eq!(events.schedule, Schedule::from_millis(&[1000, 2000, 4000]));
}

#[tokio::test]
async fn events_are_lost_and_repeated_as_the_control_route_says() {
    let auth0 = hurried();
    let (sink, _) = streaming(&auth0, &[]).await;
    let set = ask(&auth0, Method::PUT, "/_control/events", json!({ "lose": 1.0 })).await;
    assert_eq!(set.body["faults"]["lose"], 1.0);
    auth0.create_user(person("ada")).unwrap();
    auth0.idle().await;
    assert_eq!((sink.received().len(), auth0.events().counters().lost), (0, 1));
    auth0.events().set_faults(Faults { repeat: 1.0, ..Faults::default() });
    auth0.create_user(person("ben")).unwrap();
    auth0.idle().await;
    let ids: Vec<Value> = sink.received().into_iter().map(|it| it.json()["id"].clone()).collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "a repeat is the same event: {ids:?}");
}

#[tokio::test]
async fn a_stream_is_changed_disabled_tested_and_deleted_and_never_tells_its_token() {
    let auth0 = hurried();
    let (sink, stream) = streaming(&auth0, &[]).await;
    let path = format!("{STREAMS}/{stream}");
    let disabled = ask(&auth0, Method::PATCH, &path, json!({ "status": "disabled" })).await;
    assert_eq!(disabled.body["status"], "disabled");
    auth0.create_user(person("ada")).unwrap();
    let tested = ask(&auth0, Method::POST, &format!("{path}/test"), json!({ "event_type": "user.deleted" })).await;
    auth0.idle().await;
    assert_eq!((tested.status, sink.received().len()), (202, 1));
    let event = sink.received()[0].json();
    assert_eq!((&event["a0purpose"], &event["type"]), (&json!("test"), &json!("user.deleted")));
    for told in [disabled.body, get(&auth0, &path).await.body, get(&auth0, STREAMS).await.body] {
        assert!(told.to_string().contains("bearer") && !told.to_string().contains("canary-token"));
    }
    let other = webhook("one", "https://a.example");
    assert_eq!(ask(&auth0, Method::POST, STREAMS, other).await.status, 409, "the name is taken");
    let plain = webhook("two", "http://a.example");
    assert_eq!(ask(&auth0, Method::POST, STREAMS, plain).await.status, 400, "not https");
    let to_aws = json!({ "destination": { "type": "eventbridge", "configuration": { "aws_account_id": "123456789012",
        "aws_region": "eu-central-1" } } });
    let moved = ask(&auth0, Method::PATCH, &path, to_aws.clone()).await;
    assert_eq!(moved.status, 400, "a destination stays what it is");
    let made = ask(&auth0, Method::POST, STREAMS, to_aws).await;
    let source = &made.body["destination"]["configuration"]["aws_partner_event_source"];
    assert!(source.as_str().unwrap().ends_with("/auth0.events"));
    assert_eq!(ask(&auth0, Method::DELETE, &path, Value::Null).await.status, 204);
    assert_eq!(get(&auth0, &path).await.status, 404);
}
