//! What stands around the state machines in the template.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::template::Template;

fn statements(template: &Template, role: &str) -> Value {
    template.property(role, &["Policies"])[0]["PolicyDocument"]["Statement"].clone()
}

#[test]
fn a_task_outlasts_its_function_so_that_no_two_attempts_overlap() {
    let template = Template::with(&[]);
    let function = template.property("Reconcile", &["Timeout"]).as_u64();
    let task = template.property("ReconcileLoop", &["Definition", "States", "Reconcile", "TimeoutSeconds"]).as_u64();
    assert!(task > function && function == Some(900), "{task:?} {function:?}");
    assert_eq!(template.property("StripeReconcile", &["Timeout"]).as_u64(), function);
}

#[test]
fn each_role_of_the_night_may_do_one_thing() {
    let template = Template::with(&[]);
    let first = |role| statements(&template, role)[0].clone();
    for (role, action, resource) in [
        ("ReconcileLoopRole", "lambda:InvokeFunction", "Reconcile"),
        ("NightRole", "states:StartExecution", "ReconcileLoop"),
        ("NightsRole", "states:StartExecution", "Night"),
    ] {
        assert_eq!(first(role)["Action"], action);
        assert_eq!(first(role)["Resource"], resource);
    }
    let with_stripe = Template::with(&[("UseStripe", "yes")]);
    let both = statements(&with_stripe, "ReconcileLoopRole")[0]["Resource"].clone();
    assert_eq!(both, json!(["Reconcile", "StripeReconcile"]));
    let more = statements(&template, "ReconcileLoopRole")[1].clone();
    let actions = more["Action"].as_array().expect("actions").clone();
    assert!(actions.iter().all(|action| action.as_str().is_some_and(|action| action.starts_with("logs:"))));
    let count = |role| statements(&template, role).as_array().map(Vec::len);
    assert_eq!(["ReconcileLoopRole", "NightRole", "NightsRole"].map(count), [Some(2), Some(1), Some(1)]);
}

#[test]
fn executions_are_logged_without_what_they_carry() {
    let logging = Template::with(&[]).property("ReconcileLoop", &["Logging"]);
    assert_eq!((&logging["Level"], &logging["IncludeExecutionData"]), (&json!("ERROR"), &json!(false)));
}

#[test]
fn a_night_that_fails_hangs_or_never_begins_raises_an_alarm() {
    let template = Template::with(&[]);
    let mut watched = BTreeSet::new();
    for alarm in template.resources("AWS::CloudWatch::Alarm") {
        let property = |name| template.property(alarm, &[name]);
        if !["AWS/Scheduler", "AWS/States"].iter().any(|of| property("Namespace") == *of) {
            continue;
        }
        let of = property("Dimensions")[0]["Value"].as_str().map(str::to_owned);
        watched.insert((property("MetricName").as_str().map(str::to_owned), of));
    }
    let expected = [
        ("ExecutionsFailed", "Night"),
        ("ExecutionsFailed", "ReconcileLoop"),
        ("ExecutionsTimedOut", "ReconcileLoop"),
        ("InvocationDroppedCount", "Nights"),
    ];
    let expected = expected.map(|(metric, of)| (Some(metric.to_owned()), Some(of.to_owned())));
    assert_eq!(watched, BTreeSet::from(expected));
}

#[test]
fn somebody_is_told_only_where_an_address_was_given() {
    assert!(!Template::with(&[]).condition("TellsSomebody"));
    assert!(Template::with(&[("AlarmEmail", "night@example.com")]).condition("TellsSomebody"));
}
