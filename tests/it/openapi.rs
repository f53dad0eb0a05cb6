//! `docs/openapi.yaml` is what the routers, the template and the answers are.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use shared::clock::Timestamp;
use shared::domain::{Fact, Identity, ProfileVersion, Provider, Realms, User};
use shared::wire::user_document::UserDocument;
use tests::doors::Ask;
use tests::spine::Spine;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

fn document() -> Value {
    serde_yaml_ng::from_str(&text("docs/openapi.yaml")).expect("YAML")
}

/// `METHOD /path` of each operation.
fn documented() -> BTreeSet<String> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let operations =
        paths.iter().flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (method, path)));
    operations.map(|(method, path)| format!("{} {path}", method.to_uppercase())).collect()
}

/// The same as the sources of the functions build their routers.
fn routed() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for folder in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions")).unwrap().flatten() {
        let source = std::fs::read_to_string(folder.path().join("src/lib.rs")).unwrap();
        for route in source.split(".route(\"").skip(1) {
            let (path, rest) = route.split_once('"').unwrap();
            let handlers = rest.split(".route(").next().unwrap().split(".with_state").next().unwrap();
            let methods = METHODS.into_iter().filter(|method| handlers.contains(&format!("{method}(")));
            all.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
        }
    }
    all
}

/// The same as API Gateway knows them.
fn deployed() -> BTreeSet<String> {
    let template: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text("template.yaml")).unwrap();
    let resources = template["Resources"].as_mapping().unwrap();
    let events = resources.values().filter_map(|resource| resource["Properties"]["Events"].as_mapping());
    let routes = events.flat_map(serde_yaml_ng::Mapping::values).filter(|event| event["Type"] == "HttpApi");
    let told = |event: &serde_yaml_ng::Value, name: &str| event["Properties"][name].as_str().unwrap().to_owned();
    routes.map(|event| format!("{} {}", told(event, "Method"), told(event, "Path"))).collect()
}

#[test]
fn every_route_is_documented_and_deployed_and_none_besides() {
    assert!(routed().contains("GET /v1/users/{userId}"), "{:?}", routed());
    assert_eq!(documented(), routed());
    assert_eq!(documented(), deployed());
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_says_who_may_call_it() {
    let document = document();
    for reference in document.to_string().split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for field in ["operationId", "summary", "security", "responses"] {
                assert!(operation.get(field).is_some(), "{method} {path}: {field}");
            }
        }
    }
}

#[tokio::test]
async fn a_stranger_is_refused_by_every_operation_as_documented() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.replace("{userId}", "usr_tlrofji4bfbyd37m4eyy3a6ius");
            let path = path.replace("{key}", "0xde709f2102306220921060314715629080e2fb77");
            let ask = Ask::post(&path, "{}").by(&method.to_uppercase());
            let answer = ask.over(tests::doors::Way::Http, &system).await;
            let status = answer.status.to_string();
            assert_eq!(status, "401", "{method} {path}: {}", answer.text());
            let named = operation["responses"][&status]["$ref"].as_str().unwrap().trim_start_matches('#');
            let response = document.pointer(named).unwrap();
            let kind = answer.header("content-type").unwrap();
            assert!(response["content"].get(kind).is_some(), "{method} {path}: {kind}");
            for header in response["headers"].as_object().into_iter().flat_map(serde_json::Map::keys) {
                assert!(answer.header(header).is_some(), "{method} {path}: {header}");
            }
        }
    }
}

#[test]
fn a_user_of_whom_all_is_known_has_exactly_the_documented_fields() {
    let told = serde_json::to_value(UserDocument::of(&whole(), &realms())).unwrap();
    let schema = &document()["components"]["schemas"]["User"];
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&told), names(&schema["properties"]));
    let key = &document()["components"]["schemas"]["PublicKey"];
    assert_eq!(names(&told["publicKeys"][0]), names(&key["properties"]));
}

#[test]
fn a_user_of_whom_nothing_is_known_has_exactly_the_required_fields() {
    let mut user = whole();
    user.identity = Identity::new(Provider::named("game").unwrap(), "a").unwrap();
    (user.facts, user.public_keys) = Default::default();
    (user.profile_version, user.provider_created_at, user.last_active_at) = (None, None, None);
    user.stripe_customer_id = None;
    let told = serde_json::to_value(UserDocument::of(&user, &realms())).unwrap();
    let mut found: Vec<&String> = told.as_object().unwrap().keys().collect();
    let required = document()["components"]["schemas"]["User"]["required"].clone();
    let mut required: Vec<String> = serde_json::from_value(required).unwrap();
    found.sort();
    required.sort();
    assert_eq!(json!(found), json!(required));
}

fn realms() -> Realms {
    Realms::new(Vec::new(), Some("https://x.clerk.accounts.dev".parse().unwrap()))
}

fn whole() -> User {
    let facts = Fact::ALL
        .into_iter()
        .fold(shared::domain::Facts::default(), |facts, fact| facts.with(fact, Some("a@example.com".to_owned())));
    let at = |millis| Timestamp::from_millis(millis).unwrap();
    User {
        identity: Identity::new(Provider::clerk(), "user_1").unwrap(),
        facts,
        profile_version: Some(ProfileVersion { updated_at: at(1), observed_at: at(2) }),
        provider_created_at: Some(at(1)),
        created_at: at(1),
        last_active_at: Some(at(1)),
        tombstone: None,
        lives_since: None,
        patched: false,
        public_keys: [("evm#de709f2102306220921060314715629080e2fb77".to_owned(), at(1))].into(),
        stripe_customer_id: Some("cus_1".to_owned()),
    }
}
