//! One execution a night and source, however often the scheduler fires.

use serde_json::{Value, json};
use tests::step_functions::{End, Execution, Pause, StepFunctions};

use super::script::finished;

const NIGHT: &str = "2026-11-25T02:00:00Z";
const NAME: &str = "clerk-2026-11-25T02-00-00Z";

fn with_clerk() -> StepFunctions {
    StepFunctions::deployed(&[("UseClerk", "yes")])
}

fn last_state(execution: &Execution) -> &str {
    match &execution.end {
        Some(End::Succeeded { state, .. }) => state,
        other => panic!("it did not succeed: {other:?}"),
    }
}

/// Runs an execution of the loop to its end, and tells what its function was given.
async fn asked(aws: &mut StepFunctions, name: &str) -> Vec<Value> {
    let mut asked = Vec::new();
    let function = async |payload| {
        asked.push(payload);
        finished(true)
    };
    aws.run("ReconcileLoop", name, function).await;
    asked
}

#[tokio::test]
async fn a_night_is_an_execution_named_by_its_source_and_time() {
    let mut aws = with_clerk();
    assert_eq!(last_state(&aws.fire("NightlyClerk", NIGHT).await), "Started");
    assert_eq!(aws.names("ReconcileLoop"), [NAME]);
    let expected = json!({"source": "clerk", "mode": "apply", "deleteOrphans": false, "owner": NAME});
    assert_eq!(asked(&mut aws, NAME).await, [expected]);
}

#[tokio::test]
async fn a_second_firing_while_the_first_one_runs_starts_nothing() {
    let mut aws = with_clerk();
    aws.fire("NightlyClerk", NIGHT).await;
    assert_eq!(last_state(&aws.fire("NightlyClerk", NIGHT).await), "Started");
    assert_eq!(aws.names("ReconcileLoop"), [NAME]);
    assert_eq!(asked(&mut aws, NAME).await.len(), 1);
}

#[tokio::test]
async fn a_second_firing_after_the_first_one_ended_starts_nothing() {
    let mut aws = with_clerk();
    aws.fire("NightlyClerk", NIGHT).await;
    asked(&mut aws, NAME).await;
    let ended = aws.execution("ReconcileLoop", NAME).end.clone();
    let second = aws.fire("NightlyClerk", NIGHT).await;
    assert_eq!(last_state(&second), "StartedBefore");
    assert!(second.pauses.is_empty(), "a refusal is not tried again");
    assert_eq!(aws.names("ReconcileLoop"), [NAME]);
    assert_eq!(aws.execution("ReconcileLoop", NAME).end, ended);
}

#[tokio::test]
async fn a_start_whose_reply_is_lost_is_repeated_and_is_one_execution() {
    let mut aws = with_clerk();
    aws.loses_a_reply = true;
    let firing = aws.fire("NightlyClerk", NIGHT).await;
    assert_eq!(last_state(&firing), "Started");
    assert_eq!(firing.pauses, [Pause::Retry(5.0)]);
    assert_eq!(aws.names("ReconcileLoop"), [NAME]);
}

#[tokio::test]
async fn another_night_and_another_source_are_other_executions() {
    let mut aws = StepFunctions::deployed(&[
        ("UseClerk", "yes"),
        ("Auth0IssuerBaseUrl", "https://tenant.eu.auth0.com/"),
        ("Auth0ClientId", "client"),
    ]);
    for (schedule, time) in [("NightlyAuth0", NIGHT), ("NightlyClerk", NIGHT), ("NightlyClerk", "2026-11-26T02:00:00Z")]
    {
        assert_eq!(last_state(&aws.fire(schedule, time).await), "Started");
    }
    assert_eq!(aws.names("ReconcileLoop"), ["auth0-2026-11-25T02-00-00Z", NAME, "clerk-2026-11-26T02-00-00Z"]);
}

#[tokio::test]
async fn orphans_are_deleted_at_night_only_where_the_operator_said_so() {
    for (parameter, flag) in [("yes", true), ("no", false)] {
        let mut aws = StepFunctions::deployed(&[("UseClerk", "yes"), ("DeleteOrphans", parameter)]);
        aws.fire("NightlyClerk", NIGHT).await;
        assert_eq!(asked(&mut aws, NAME).await[0]["deleteOrphans"], flag);
    }
}

#[tokio::test]
async fn customers_at_stripe_have_nights_of_their_own_in_the_same_loop() {
    let mut aws = StepFunctions::deployed(&[("UseStripe", "yes")]);
    let (time, name) = ("2026-11-25T03:00:00Z", "stripe-2026-11-25T03-00-00Z");
    assert_eq!(last_state(&aws.fire("NightlyStripe", time).await), "Started");
    assert_eq!(last_state(&aws.fire("NightlyStripe", time).await), "Started");
    assert_eq!(aws.names("ReconcileLoop"), [name]);
    let expected = json!({"source": "stripe", "mode": "apply", "owner": name});
    assert_eq!(asked(&mut aws, name).await, [expected]);
    let state = |parameters: &[(&str, &str)]| {
        let aws = StepFunctions::deployed(parameters);
        aws.template.property("Night", &["Events", "NightlyStripe", "Properties", "State"])
    };
    assert_eq!(state(&[]), "DISABLED");
    assert_eq!(state(&[("UseStripe", "yes"), ("NightlyReconcile", "DISABLED")]), "DISABLED");
}

#[test]
fn only_a_configured_source_has_nights() {
    let auth0 = [("Auth0IssuerBaseUrl", "https://tenant.eu.auth0.com/"), ("Auth0ClientId", "client")];
    for (parameters, expected) in [
        (vec![], ["DISABLED", "DISABLED"]),
        (vec![auth0[0]], ["DISABLED", "DISABLED"]),
        (auth0.to_vec(), ["ENABLED", "DISABLED"]),
        (vec![("UseClerk", "yes")], ["DISABLED", "ENABLED"]),
        (vec![("UseClerk", "yes"), ("NightlyReconcile", "DISABLED")], ["DISABLED", "DISABLED"]),
    ] {
        let aws = StepFunctions::deployed(&parameters);
        let state = |schedule| aws.template.property("Night", &["Events", schedule, "Properties", "State"]);
        assert_eq!(["NightlyAuth0", "NightlyClerk"].map(state), expected, "{parameters:?}");
    }
}

#[test]
fn a_name_with_a_colon_is_refused_as_aws_does() {
    let refused = with_clerk().start("ReconcileLoop", "clerk-2026-11-25T02:00:00Z", json!({}));
    assert_eq!(refused.map_err(|output| output.error), Err("StepFunctions.InvalidNameException".to_owned()));
}
