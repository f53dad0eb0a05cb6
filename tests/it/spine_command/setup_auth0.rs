//! `spine setup auth0`: once it does what is to be done, twice it does nothing, and it goes on from wherever it broke off.

use local::auth0::{NewAction, NewSecret, NewUser, Outage, Trigger};
use local::delivery::Faults;
use serde_json::{Value, json};
use shared::config::dev_defaults;
use tests::canary::Canaries;

use super::operator::{Operator, Told};

const ACTION_SECRET: &str = "canary-of-the-action";
const EVENTS_SECRET: &str = "canary-of-the-events";

/// An operator whose variables are whole.
async fn operator() -> Operator {
    let operator = Operator::start().await;
    let http = operator.system.http.clone();
    operator
        .with("SPINE_HTTP_URL", &http)
        .with("AUTH0_ACTION_SECRET", ACTION_SECRET)
        .with("AUTH0_EVENTS_SECRET", EVENTS_SECRET)
}

fn steps(told: &Told) -> Vec<(String, String)> {
    let text = |line: &Value, name: &str| line[name].as_str().map(str::to_owned);
    told.json().iter().filter_map(|line| Some((text(line, "step")?, text(line, "does")?))).collect()
}

fn does(told: &Told) -> [String; 4] {
    steps(told).into_iter().map(|(_, does)| does).collect::<Vec<_>>().try_into().unwrap()
}

/// An Action of somebody else's, deployed and bound.
fn another(operator: &Operator, name: &str) -> String {
    let auth0 = operator.auth0();
    let new = NewAction {
        name: name.to_owned(),
        supported_triggers: vec![Trigger { id: "post-login".to_owned(), version: Some("v3".to_owned()) }],
        code: Some("exports.onExecutePostLogin = async () => {};".to_owned()),
        secrets: Some(vec![NewSecret { name: "THEIRS".to_owned(), value: Some("theirs".to_owned()) }]),
        dependencies: None,
        runtime: None,
    };
    let id = auth0.create_action(new).unwrap();
    auth0.deploy_action(&id).unwrap();
    id
}

/// All that setup should have made, whatever way led there.
fn assert_whole(operator: &Operator) {
    let (auth0, http) = (operator.auth0(), &operator.system.http);
    let actions = auth0.actions();
    let ours: Vec<_> = actions.iter().filter(|action| action.name == "identity-spine").collect();
    let [action] = ours[..] else { unreachable!("one Action is ours, not {}", ours.len()) };
    assert_eq!((action.runtime.as_str(), action.all_changes_deployed), ("node22", true));
    assert_eq!(action.supported_triggers[0].version.as_deref(), Some("v3"));
    assert!(action.code.contains("onExecutePostLogin") && !action.code.contains("canary"));
    assert_eq!(action.secret("AUTH0_ACTION_SECRET"), Some(ACTION_SECRET));
    assert_eq!(action.secret("SPINE_HTTP_URL"), Some(http.as_str()));
    assert_eq!(action.secret("AUTH0_DOMAIN"), operator.system.auth0.as_ref().map(|(_, url)| url.as_str()));
    assert_eq!(action.secret("MGMT_CLIENT_SECRET"), None);
    assert_eq!(auth0.flow("post-login").last().map(String::as_str), Some("identity-spine"));
    assert_eq!(auth0.streams().len(), 1);
    assert!(auth0.streams()[0].enabled && auth0.streams()[0].subscriptions.len() == 3);
}

#[tokio::test]
async fn the_first_run_does_all_of_it_and_the_second_writes_nothing() {
    let operator = operator().await;
    let told = operator.spine("setup auth0 --yes --json").await;
    assert_eq!((told.code, told.last()), (0, json!({"result": "done"})), "{told:?}");
    assert_eq!(does(&told), ["create", "create", "update", "create"]);
    assert_whole(&operator);
    let (writes, requests) = (operator.auth0().administered(), operator.auth0().requests());

    let told = operator.spine("setup auth0 --yes --json").await;
    assert_eq!((told.code, told.last()), (0, json!({"result": "nothing_to_do"})), "{told:?}");
    assert_eq!(does(&told), ["nothing", "nothing", "nothing", "nothing"]);
    assert_eq!(operator.auth0().administered(), writes);
    for (route, times) in operator.auth0().requests().into_iter().filter(|(route, _)| !route.starts_with("GET ")) {
        if route != "POST /oauth/token" {
            assert_eq!(requests.get(&route), Some(&times), "{route}");
        }
    }
}

#[tokio::test]
async fn what_it_will_do_is_shown_and_without_a_yes_or_in_a_dry_run_nothing_is_written() {
    let operator = operator().await;
    for (command, code) in [("setup auth0", 1), ("setup auth0 --dry-run", 0)] {
        let told = operator.spine(command).await;
        assert_eq!((told.code, operator.auth0().administered()), (code, 0), "{told:?}");
        assert!(told.has(&["action", "create", "AUTH0_ACTION_SECRET", "AUTH0_DOMAIN", "SPINE_HTTP_URL"]), "{told:?}");
        assert!(told.has(&["event stream", "create", "/auth0/events", "user.deleted"]), "{told:?}");
        assert!(told.has(&["nothing was written"]), "{told:?}");
    }
}

#[tokio::test]
async fn a_changed_secret_is_one_update_and_one_version_and_a_changed_bearer_one_update() {
    let mut operator = operator().await;
    operator.spine("setup auth0 --yes").await;
    let writes = operator.auth0().administered();
    operator = operator.with("AUTH0_ACTION_SECRET", "canary-of-another-action");
    let told = operator.spine("setup auth0 --yes --json").await;
    assert_eq!(does(&told), ["update", "create", "nothing", "nothing"], "{told:?}");
    assert_eq!(operator.auth0().administered(), writes + 2);
    let action = &operator.auth0().actions()[0];
    assert_eq!((action.secret("AUTH0_ACTION_SECRET"), action.deployments()), (Some("canary-of-another-action"), 2));

    operator = operator.with("AUTH0_EVENTS_SECRET", "canary-of-other-events");
    let told = operator.spine("setup auth0 --yes --json").await;
    assert_eq!(does(&told), ["nothing", "nothing", "nothing", "update"], "{told:?}");
    assert_eq!(operator.auth0().administered(), writes + 3);

    let told = operator.spine("setup auth0 --yes --json --rewrite-secrets").await;
    assert_eq!(does(&told), ["update", "create", "nothing", "update"], "{told:?}");
    let told = operator.spine("setup auth0 --yes --json").await;
    assert_eq!(told.last(), json!({"result": "nothing_to_do"}), "{told:?}");
}

#[tokio::test]
async fn what_the_action_may_know_besides_is_added_and_removed_by_its_name() {
    let operator = operator().await;
    operator.spine("setup auth0 --yes").await;
    let operator = operator
        .with("MGMT_CLIENT_ID", "roles")
        .with("MGMT_CLIENT_SECRET", "canary-of-roles")
        .with("CLAIMS_NAMESPACE", "https://claims.example");
    let told = operator.spine("setup auth0 --yes").await;
    assert!(told.code == 0 && told.has(&["action", "update", "MGMT_CLIENT_SECRET is added"]), "{told:?}");
    assert_eq!(operator.auth0().actions()[0].secret("MGMT_CLIENT_SECRET"), Some("canary-of-roles"));
    let operator = operator.with("CLAIMS_NAMESPACE", "");
    let told = operator.spine("setup auth0 --yes").await;
    assert!(told.has(&["CLAIMS_NAMESPACE is removed"]) && !told.has(&["MGMT_CLIENT_ID is"]), "{told:?}");
}

#[tokio::test]
async fn other_actions_keep_their_places_and_other_streams_are_left_alone() {
    let operator = operator().await;
    let (deny, note) = (another(&operator, "deny"), another(&operator, "identity-spine-notes"));
    operator.auth0().bind_actions("post-login", &[&deny, &note]).unwrap();
    let before: Vec<String> = operator.auth0().actions().iter().map(|it| format!("{it:?}")).collect();
    let told = operator.spine("setup auth0 --yes --no-events").await;
    assert!(told.code == 0 && told.has(&["flow", "update", "behind the 2"]), "{told:?}");
    assert_eq!(operator.auth0().flow("post-login"), ["deny", "identity-spine-notes", "identity-spine"]);
    let after: Vec<String> = operator.auth0().actions().iter().take(2).map(|it| format!("{it:?}")).collect();
    assert_eq!((before, operator.auth0().streams().len()), (after, 0));

    // Whoever moved ours meant it.
    let ours = operator.auth0().actions()[2].id.clone();
    operator.auth0().bind_actions("post-login", &[&ours, &deny, &note]).unwrap();
    let told = operator.spine("setup auth0 --yes --no-events --json").await;
    assert_eq!(told.last(), json!({"result": "nothing_to_do"}), "{told:?}");
}

#[tokio::test]
async fn broken_off_at_any_change_the_next_run_goes_on_and_ends_the_same() {
    for last_is_done in [false, true] {
        let mut broken = 0;
        for after in 0.. {
            let operator = operator().await;
            operator.auth0().set_outage(Some(Outage { after, last_is_done }));
            let told = operator.spine("setup auth0 --yes").await;
            operator.auth0().set_outage(None);
            if told.code == 0 {
                break;
            }
            broken += 1;
            assert!(told.err.contains("status 400"), "{told:?}");
            let again = operator.spine("setup auth0 --yes").await;
            assert_eq!(again.code, 0, "{after} {again:?}");
            assert_whole(&operator);
            let third = operator.spine("setup auth0 --yes --json").await;
            assert_eq!(third.last(), json!({"result": "nothing_to_do"}), "{after} {third:?}");
        }
        assert_eq!(broken, 4, "create, deploy, bind, stream");
    }
}

#[tokio::test]
async fn scopes_that_lack_are_all_named_before_anything_is_written() {
    let operator = operator().await;
    operator.auth0().set_scope("read:users read:actions create:actions read:event_streams");
    let told = operator.spine("setup auth0 --yes").await;
    let named = "the application lacks update:actions, create:event_streams, update:event_streams";
    assert!(told.code == 1 && told.err.contains(named), "{told:?}");
    assert_eq!(operator.auth0().administered(), 0);
    let told = operator.spine("setup auth0 --dry-run").await;
    assert_eq!(told.code, 0, "looking needs less: {told:?}");
}

#[tokio::test]
async fn a_variable_that_lacks_is_named() {
    for (name, value, words) in [
        ("SPINE_HTTP_URL", "http://api.example.com", "SPINE_HTTP_URL: must be an https URL"),
        ("MGMT_CLIENT_ID", "roles", "MGMT_CLIENT_SECRET: is missing"),
        ("AUTH0_CLIENT_SECRET", "wrong", "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET"),
    ] {
        let operator = operator().await.with(name, value);
        let told = operator.spine("setup auth0 --yes").await;
        assert!(told.code == 1 && told.err.contains(words), "{name}: {told:?}");
    }
}

#[tokio::test]
async fn eventbridge_gets_a_stream_of_its_own_and_its_source_is_told() {
    let operator = operator().await.with("AUTH0_EVENTS_SECRET", "");
    let command = "setup auth0 --yes --eventbridge 123456789012 eu-central-1";
    let told = operator.spine(command).await;
    assert!(told.code == 0 && told.has(&["Auth0PartnerEventSource=aws.partner/auth0.com/"]), "{told:?}");
    let told = operator.spine(&format!("{command} --json")).await;
    assert_eq!(told.last(), json!({"result": "nothing_to_do"}), "{told:?}");
    let operator = operator.with("AUTH0_EVENTS_SECRET", EVENTS_SECRET);
    let told = operator.spine("setup auth0 --yes").await;
    assert!(told.has(&["event stream", "create"]) && told.has(&["sends too, and is left alone"]), "{told:?}");
    assert_eq!(operator.auth0().streams().len(), 2);
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let operator = operator().await.with("MGMT_CLIENT_ID", "roles").with("MGMT_CLIENT_SECRET", "canary-of-roles");
    let canaries = Canaries::new([ACTION_SECRET, EVENTS_SECRET, "canary-of-roles", "local-client-secret"].iter());
    for command in [
        "setup auth0 --dry-run",
        "setup auth0",
        "setup auth0 --yes",
        "setup auth0 --yes --json",
        "setup auth0 --yes --rewrite-secrets --json",
        "setup clerk",
    ] {
        let told = operator.spine(command).await;
        canaries.assert_silent(told.out.lines().chain(told.err.lines()).map(str::to_owned));
    }
    let told = |it: &dyn std::fmt::Debug| format!("{it:?}");
    let auth0 = operator.auth0();
    let kept: Vec<String> =
        auth0.actions().iter().map(|it| told(it)).chain(auth0.streams().iter().map(|it| told(it))).collect();
    canaries.assert_silent(kept);
}

#[tokio::test]
async fn a_flow_that_is_full_is_told_before_anything_is_written() {
    let operator = operator().await;
    let others: Vec<String> = (0..20).map(|n| another(&operator, &format!("other-{n}"))).collect();
    operator.auth0().bind_actions("post-login", &others.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    let writes = operator.auth0().administered();
    let told = operator.spine("setup auth0 --yes").await;
    assert!(told.code == 1 && told.err.contains("20 Actions already"), "{told:?}");
    assert_eq!(operator.auth0().administered(), writes);
}

#[tokio::test]
async fn after_it_the_tenants_events_go_through_the_door_and_the_queue_to_the_table() {
    let operator = Operator::start().await;
    let (http, secret) = (operator.system.http.clone(), dev_defaults());
    let operator = operator
        .with("SPINE_HTTP_URL", &http)
        .with("AUTH0_ACTION_SECRET", ACTION_SECRET)
        .with("AUTH0_EVENTS_SECRET", secret.text("AUTH0_EVENTS_SECRET").unwrap());
    operator.spine("setup auth0 --yes").await;
    operator.auth0().create_user(NewUser::person("ada@example.com", "Ada")).unwrap();
    operator.auth0().idle().await;
    operator.system.queues.settled().await;
    assert_eq!((operator.auth0().events().counters().delivered, operator.rows().await), (1, 1));
    // One that was lost is the night's to find.
    operator.auth0().events().set_faults(Faults { lose: 1.0, ..Faults::default() });
    operator.auth0().create_user(NewUser::person("grace@example.com", "Grace")).unwrap();
    operator.auth0().idle().await;
    operator.system.queues.settled().await;
    assert_eq!(operator.rows().await, 1);
    let told = operator.spine("check auth0 --settle 0 --json").await;
    assert_eq!((told.code, &told.last()["counts"]), (2, &json!({"missing": 1})), "{told:?}");
}
