//! Real runs of the real binaries: what they log raises exactly the alarms that it should.

use std::collections::BTreeSet;

use local::auth0;
use local::clerk::NewUser;
use local::delivery::Faults;
use local::system::System;
use serde_json::{Value, json};
use shared::clock::Clock;
use tests::api_gateway::GatewayRequest;
use tests::clerk_events::signed;
use tests::doors::Way;
use tests::runtime_api::Lambda;
use tests::spine::Spine;
use tests::template::Template;

use super::lines::Lines;
use super::watch::Alarm;
use crate::kit;

/// A stack in which everything is configured, events of Auth0 too.
fn whole() -> Template {
    Template::with(&[
        ("Auth0IssuerBaseUrl", "https://tenant.eu.auth0.com/"),
        ("Auth0ClientId", "client"),
        ("Auth0EventStream", "yes"),
        ("UseClerk", "yes"),
        ("UseStripe", "yes"),
    ])
}

/// The alarms that these lines raise, of those that can be raised by what is told and not by silence alone.
fn raised(lines: &Lines) -> BTreeSet<String> {
    let template = whole();
    let alarms = Alarm::all(&template).into_iter().filter(|alarm| alarm.is_there(&template));
    alarms.filter(|alarm| alarm.alarms(lines)).map(|alarm| alarm.id).collect()
}

async fn start(spine: &Spine, system: &System, function: &str) -> Lambda {
    let (_, auth0) = system.auth0.as_ref().unwrap();
    let (_, clerk) = system.clerk.as_ref().unwrap();
    let (_, stripe) = system.stripe.as_ref().unwrap();
    let providers = [("AUTH0_DOMAIN", auth0.as_str()), ("CLERK_API_URL", clerk), ("STRIPE_API_URL", stripe)];
    let variables = kit::with(kit::variables(function), &providers);
    kit::start(function, &kit::with(variables, &database(spine))).await
}

/// Where the tables are, and what they are called there.
fn database(spine: &Spine) -> [(&'static str, &str); 4] {
    let tables = &spine.tables;
    [
        ("DYNAMODB_ENDPOINT", spine.endpoint.as_str()),
        ("USERS_TABLE", &tables.users),
        ("CLAIMS_TABLE", &tables.claims),
        ("SYNC_RUNS_TABLE", &tables.sync_runs),
    ]
}

/// One night of all sources; what each run answered, and what was logged.
async fn night(spine: &Spine, system: &System) -> (Vec<Value>, Lines) {
    let (mut answers, mut lines) = (Vec::new(), Lines::default());
    for (function, source, mode) in [
        ("reconcile", "auth0", "apply"),
        ("reconcile", "clerk", "apply"),
        ("stripe-reconcile", "stripe", "apply"),
        ("reconcile", "claims", "check"),
    ] {
        let lambda = start(spine, system, function).await;
        answers.push(lambda.invoke(json!({"source": source, "mode": mode})).await.unwrap());
        lambda.kill().await;
        lines = lines.and(Lines::of(&lambda));
    }
    (answers, lines)
}

fn names(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn an_event_that_was_dropped_is_a_repair_of_the_night_and_raises_its_alarm() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let ((auth0, _), (clerk, _)) = (system.auth0.as_ref().unwrap(), system.clerk.as_ref().unwrap());
    // Whoever was there before anybody listened is written first: that night is not the one that is looked at.
    night(&spine, &system).await;

    let (answers, lines) = night(&spine, &system).await;
    assert!(answers.iter().all(|answer| answer["inStep"] == true), "{answers:?}");
    assert_eq!(raised(&lines), names(&[]), "a night without a loss is quiet");

    clerk.outbox().set_faults(Faults { lose: 1.0, ..Faults::default() });
    clerk.create_user(NewUser::person("lost@example.com", "Lost", "Event")).unwrap();
    let (answers, lines) = night(&spine, &system).await;
    assert_eq!(answers[1]["counts"], json!({"missing": 1}));
    assert_eq!(raised(&lines), names(&["ClerkEventsLost"]));

    auth0.create_user(auth0::NewUser::person("silent@example.com", "Silent")).unwrap();
    let (answers, lines) = night(&spine, &system).await;
    assert_eq!(answers[0]["counts"], json!({"missing": 1}));
    assert_eq!(raised(&lines), names(&["Auth0EventsLost"]));

    let (_, lines) = night(&spine, &system).await;
    assert_eq!(raised(&lines), names(&[]), "what is repaired is quiet again");
}

#[tokio::test]
async fn a_claim_that_nobody_lists_ends_the_audit_out_of_step_and_raises_its_alarm() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    night(&spine, &system).await;
    spine.put_claim("stripe_customer#cus_astray", "usr_tlrofji4bfbyd37m4eyy3a6ius").await;
    let (answers, lines) = night(&spine, &system).await;
    assert_eq!(answers[3]["inStep"], false);
    assert_eq!((&answers[3]["counts"], &answers[3]["listed"]), (&json!({"leaked": 1}), &json!(1)));
    assert_eq!(raised(&lines), names(&["ClaimsWrong"]));

    // It is recorded as any run is, and it wrote nothing.
    let recorded = spine.runs().recent("claims", 1).await.unwrap();
    assert_eq!((recorded[0].status.as_str(), recorded[0].in_step), ("finished", false));
    assert!(spine.claim("stripe_customer#cus_astray").await.is_some_and(|claim| !claim.contains_key("expires_at")));
}

#[tokio::test]
async fn a_night_that_never_was_and_one_that_failed_raise_the_alarms_of_silence() {
    let silent = ["Auth0NotReconciled", "ClaimsNotAudited", "ClerkNotReconciled", "StripeNotReconciled"];
    assert_eq!(raised(&Lines::default()), names(&silent));

    let spine = Spine::fresh().await;
    // Nothing listens where Clerk should be: the run fails, and says that it did not finish.
    let alone = kit::with(kit::variables("reconcile"), &database(&spine));
    let lambda = kit::start("reconcile", &alone).await;
    lambda.invoke(json!({"source": "clerk", "mode": "apply"})).await.unwrap_err();
    lambda.kill().await;
    let lines = Lines::of(&lambda);
    let clerk = Alarm::named(&whole(), "ClerkNotReconciled");
    assert_eq!(lines.values(&clerk.metric, &clerk.dimensions), [0.0]);
    assert!(clerk.alarms(&lines));
}

/// A request that no secret of ours opens, and the function that refuses it.
fn knocks() -> [(&'static str, &'static str, Value); 4] {
    let login = GatewayRequest::new("POST", "/auth0/upsert-user").header("authorization", "Bearer wrong");
    let webhook = GatewayRequest::new("POST", "/clerk/webhook").header("svix-id", "msg_1");
    let event = GatewayRequest::new("POST", "/auth0/events").header("authorization", "Bearer wrong");
    let service = GatewayRequest::new("GET", "/v1/users/usr_a").header("authorization", "Bearer spine_wrong_1");
    [
        ("auth0-upsert", "LoginDoorRefuses", login.json(&json!({})).build()),
        ("clerk-webhook", "ClerkDoorRefuses", webhook.json(&json!({})).build()),
        ("auth0-events-http", "EventsDoorRefuses", event.json(&json!({})).build()),
        ("users-api", "UsersApiRefuses", service.build()),
    ]
}

#[tokio::test]
async fn who_knocks_again_and_again_with_a_wrong_secret_raises_the_alarm_of_that_door() {
    for (function, alarm, knock) in knocks() {
        let lambda = kit::start(function, &kit::variables(function)).await;
        let knock_once = async || {
            let answer = lambda.invoke(knock.clone()).await.unwrap();
            assert_eq!(answer["statusCode"], 401, "{function}: {answer}");
        };
        for _ in 0..4 {
            knock_once().await;
        }
        let alarm = Alarm::named(&whole(), alarm);
        assert!(!alarm.alarms(&Lines::of(&lambda)), "{function}: now and then somebody mistypes");
        knock_once().await;
        lambda.kill().await;
        assert!(alarm.alarms(&Lines::of(&lambda)), "{function}");
    }
}

/// What is logged of an event that is none, of one of another tenant or instance, and of a batch of the stream.
async fn passed_over() -> Lines {
    let foreign = json!({"specversion": "1.0", "a0tenant": "another", "type": "user.created"}).to_string();
    let batch = json!({"Records": [{"messageId": "1", "body": foreign}]});
    let webhook = json!({"type": "user.created", "instance_id": "ins_another", "data": {}}).to_string();
    let mut lines = Lines::default();
    let door = GatewayRequest::new("POST", "/auth0/events");
    let door = door.header("authorization", &format!("Bearer {}", kit::EVENTS_SECRET));
    for (function, event) in [
        ("auth0-events-http", door.json(&json!([])).build()),
        ("auth0-events", batch),
        ("clerk-webhook", signed(kit::WEBHOOK_SECRET, Clock::system().now().seconds(), webhook).event(Way::Text)),
        ("change-feed", json!({"Records": []})),
    ] {
        let lambda = kit::start(function, &kit::variables(function)).await;
        lambda.invoke(event).await.unwrap();
        lambda.kill().await;
        lines = lines.and(Lines::of(&lambda));
    }
    lines
}

#[tokio::test]
async fn every_metric_that_an_alarm_or_the_dashboard_names_is_logged() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    // Only who was missed is a repair, and has a cause.
    let (auth0, _) = system.auth0.as_ref().unwrap();
    auth0.create_user(auth0::NewUser::person("silent@example.com", "Silent")).unwrap();
    let mut lines = night(&spine, &system).await.1;
    for (function, _, knock) in knocks() {
        let lambda = start(&spine, &system, function).await;
        lambda.invoke(knock).await.unwrap();
        lambda.invoke(kit::good_request(function)).await.unwrap();
        lambda.kill().await;
        lines = lines.and(Lines::of(&lambda));
    }
    lines = lines.and(passed_over().await);
    for alarm in Alarm::all(&whole()) {
        let values = lines.values(&alarm.metric, &alarm.dimensions);
        assert!(!values.is_empty(), "{}: nobody logs {} of {:?}", alarm.id, alarm.metric, alarm.dimensions);
    }
    let logged = super::dashboard::not_logged(&whole(), &lines);
    assert_eq!(logged, Vec::<String>::new());
}
