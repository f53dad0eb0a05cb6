//! The rule, without a tenant.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use shared::provider::Build;
use shared::secret::SecretText;

use super::*;

const URL: &str = "https://api.example.com/auth0/events";

fn wanted() -> Wanted {
    Wanted {
        code: "code();\n\n// Set up by `spine setup auth0`; secrets 1\n".to_owned(),
        secrets: vec![("A", SecretText::new("a")), ("B", SecretText::new("b"))],
        stream: Some(WantedStream {
            name: "identity-spine 1".to_owned(),
            to: WantedTo::Webhook { url: URL.to_owned(), bearer: SecretText::new("c") },
        }),
    }
}

/// A tenant where all is as it should be.
fn found() -> Found {
    let action = Action {
        id: "1".to_owned(),
        code: wanted().code,
        runtime: RUNTIME.to_owned(),
        secrets: vec!["A".to_owned(), "B".to_owned()],
        has_packages: false,
        build: Build::Built,
        deployed: true,
    };
    let binding =
        |action: &str| Binding { id: format!("b{action}"), display_name: String::new(), action: action.to_owned() };
    let stream = EventStream {
        id: "est".to_owned(),
        name: "identity-spine 1".to_owned(),
        events: EVENTS.map(str::to_owned).to_vec(),
        to: Destination::Webhook { url: URL.to_owned(), bearer: true },
        enabled: true,
    };
    Found { action: Some(action), flow: vec![binding("0"), binding("1"), binding("2")], streams: vec![stream] }
}

fn update(differs: &[&str]) -> Move {
    Move::Update(differs.iter().map(|it| (*it).to_owned()).collect())
}

#[test]
fn where_all_is_as_it_should_be_nothing_is_done_unless_secrets_are_to_be_rewritten() {
    assert!(plan(&found(), &wanted(), false).is_nothing());
    let plan = plan(&found(), &wanted(), true);
    assert_eq!((plan.action, plan.deploy, plan.bind), (update(&["the secrets' values"]), true, false));
    assert_eq!(plan.stream, Some(update(&["the bearer"])));
}

#[test]
fn each_thing_that_differs_is_named_and_only_that_is_done() {
    let of = |change: fn(&mut Action)| {
        let mut found = found();
        change(found.action.as_mut().unwrap());
        let plan = plan(&found, &wanted(), false);
        assert!(plan.deploy && !plan.bind && plan.stream == Some(Move::Nothing));
        plan.action
    };
    assert_eq!(of(|it| it.code = it.code.replace("code()", "other()")), update(&["the code"]));
    assert_eq!(of(|it| it.code = it.code.replace("secrets 1", "secrets 2")), update(&["the secrets' values"]));
    assert_eq!(of(|it| it.code = "by hand".to_owned()), update(&["the code", "the secrets' values"]));
    assert_eq!(of(|it| it.runtime = "node18".to_owned()), update(&["the runtime"]));
    assert_eq!(of(|it| it.secrets = vec!["A".to_owned(), "X".to_owned()]), update(&["B is added", "X is removed"]));
    assert_eq!(of(|it| it.has_packages = true), update(&["npm packages are removed"]));
    assert_eq!(of(|it| it.build = Build::Failed), update(&["it could not be built"]));
    assert_eq!(of(|it| it.deployed = false), Move::Nothing);
}

#[test]
fn an_action_that_is_not_bound_is_bound_and_one_that_is_keeps_its_place() {
    let mut found = found();
    found.flow.remove(1);
    assert!(plan(&found, &wanted(), false).bind);
    found.action = None;
    let plan = plan(&found, &wanted(), false);
    assert_eq!((plan.action, plan.deploy, plan.bind), (Move::Create, true, true));
}

#[test]
fn a_stream_is_ours_by_its_name_or_its_url_and_no_other_is_touched() {
    let of = |change: fn(&mut EventStream)| {
        let mut found = found();
        change(found.streams.first_mut().unwrap());
        plan(&found, &wanted(), false).stream.unwrap()
    };
    assert_eq!(of(|it| it.name = "identity-spine 2".to_owned()), update(&["the bearer"]));
    assert_eq!(of(|it| it.name = "made by hand".to_owned()), update(&["the bearer"]));
    assert_eq!(of(|it| it.enabled = false), update(&["it is disabled"]));
    assert_eq!(of(|it| it.events.truncate(1)), update(&["the events"]));
    let elsewhere =
        |it: &mut EventStream| it.to = Destination::Webhook { url: "https://x.example".to_owned(), bearer: true };
    let moved = format!("the URL, https://x.example until now and {URL} from now on");
    assert_eq!(of(elsewhere), update(&[&moved]));
    assert_eq!(harmless("https://x.example/a?token=canary#canary"), "https://x.example/a");
    assert_eq!(harmless("https://canary:canary@x.example/a"), "another one");
    assert_eq!(of(|it| it.to = Destination::Other), Move::Create);
    let of_somebody = |it: &mut EventStream| {
        it.name = "identity-spine-ish".to_owned();
        it.to = Destination::Webhook { url: "https://x.example".to_owned(), bearer: true };
    };
    assert_eq!(of(of_somebody), Move::Create);
}

#[test]
fn of_several_webhooks_the_one_to_our_door_is_ours() {
    let mut found = found();
    let mut old = found.streams[0].clone();
    old.to = Destination::Webhook { url: "https://old.example".to_owned(), bearer: true };
    found.streams.insert(0, old);
    assert_eq!(plan(&found, &wanted(), false).stream, Some(Move::Nothing));
}

#[test]
fn of_several_actions_of_our_name_the_one_that_runs_is_ours() {
    let named = |id: &str| Action { id: id.to_owned(), ..found().action.unwrap() };
    let flow = found().flow;
    assert_eq!(ours(Vec::new(), &flow), Ok(None));
    assert_eq!(ours(vec![named("9")], &flow).map(|it| it.unwrap().id), Ok("9".to_owned()));
    assert_eq!(ours(vec![named("9"), named("1")], &flow).map(|it| it.unwrap().id), Ok("1".to_owned()));
    for undecided in [vec![named("8"), named("9")], vec![named("0"), named("1")]] {
        assert!(ours(undecided, &flow).unwrap_err().contains("delete all but one of"));
    }
}

#[test]
fn a_stream_to_eventbridge_is_ours_by_its_name_account_and_region() {
    let mut wanted = wanted();
    let to = WantedTo::EventBridge { account: "123456789012".to_owned(), region: "eu-central-1".to_owned() };
    wanted.stream = Some(WantedStream { name: "identity-spine".to_owned(), to });
    let mut found = found();
    assert_eq!(plan(&found, &wanted, false).stream, Some(Move::Create));
    let bus = |account: &str| Destination::EventBridge {
        account: account.to_owned(),
        region: "eu-central-1".to_owned(),
        source: None,
    };
    found.streams.first_mut().unwrap().to = bus("210987654321");
    assert_eq!(plan(&found, &wanted, false).stream, Some(Move::Create));
    found.streams.first_mut().unwrap().to = bus("123456789012");
    assert_eq!(plan(&found, &wanted, false).stream, Some(Move::Create), "named almost as ours");
    found.streams.first_mut().unwrap().name = "identity-spine".to_owned();
    assert_eq!(plan(&found, &wanted, false).stream, Some(Move::Nothing));
    found.streams.first_mut().unwrap().name = "analytics".to_owned();
    assert_eq!(plan(&found, &wanted, false).stream, Some(Move::Create), "somebody else's, of the same account");
}
